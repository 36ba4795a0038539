import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Calls in the languages that are read, numbers in their writing too; what is in another language says so.
 */
const rows: Row[] = [
  ['Compra BTC en 65.000, stop 64.000, objetivo 67.000', 'long BTC 65000 stop 64000 tp 67000'],
  ['Compra BTC em 65.000, stop 64.000, alvo 67.000', 'long BTC 65000 stop 64000 tp 67000'],
  ['Kaufe BTC bei 65.000, Stopp 64.000, Ziel 67.000', 'long BTC 65000 stop 64000 tp 67000'],
  ['Koop BTC op 65.000, stop 64.000, doel 67.000', 'long BTC 65000 stop 64000 tp 67000'],
  ['Achat BTC à 65 000, stop 64 000, objectif 67 000', 'long BTC 65000 stop 64000 tp 67000'],
  ['Покупка BTC 65000, стоп 64000, цель 67000', 'long BTC 65000 stop 64000 tp 67000'],
  [
    'BTC alım 65.000, zarar durdur 64.000, hedef 67.000',
    'long BTC 65000 stop 64000 tp 67000',
    { BTC: '65000' },
  ],
  ['做多 BTC 6.5万 止损 6.4万 目标 6.7万', 'long BTC 65000 stop 64000 tp 67000'],
  ['BTC 買い 65000 損切り 64000 利確 67000', 'long BTC 65000 stop 64000 tp 67000'],
  ['BTC 매수 65000 손절 64000 목표 67000', 'long BTC 65000 stop 64000 tp 67000'],
  ['شراء BTC عند ٦٥٠٠٠ وقف الخسارة ٦٤٠٠٠ الهدف ٦٧٠٠٠', 'long BTC 65000 stop 64000 tp 67000'],
  [
    'Beli BTC di 65.000, stop loss 64.000, target 67.000',
    'long BTC 65000 stop 64000 tp 67000',
    { BTC: '65000' },
  ],
  ['Mua BTC 65000, cắt lỗ 64000, chốt lời 67000', 'long BTC 65000 stop 64000 tp 67000'],
  ['Venta de ETH, stop 3.100', 'short ETH stop 3100', { ETH: '3000' }],
  ['Verkaufe SOL jetzt, Stopp 156', 'short SOL stop 156', { SOL: '150' }],
  ['Закрываем лонг по BTC', 'close'],
  ['Orden de BTC cancelada', 'cancel'],
  ['BTC 目标已达到', 'result'],
  ['ซื้อ BTC ที่ 65000', 'language'],
  ['Αγορά BTC στα 65000', 'language'],
];

for (const [text, reading, now] of rows)
  test(`language: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
