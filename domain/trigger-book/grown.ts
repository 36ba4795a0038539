/** A column's copy with room for at least `length` numbers, twice the room there was; new places hold `fill`. */
export function grown(column: Int32Array, length: number, fill?: number): Int32Array<ArrayBuffer>;
export function grown(column: Float64Array, length: number, fill?: number): Float64Array<ArrayBuffer>;
export function grown(column: Int32Array | Float64Array, length: number, fill = 0) {
  const room = Math.max(length, column.length * 2);
  const larger = column instanceof Int32Array ? new Int32Array(room) : new Float64Array(room);
  larger.set(column);
  return larger.fill(fill, column.length);
}
