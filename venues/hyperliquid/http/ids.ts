import { asId, type ClientOrderId, type VenueOrderId } from '#domain/ids.ts';

/** Returns the id of an order in the form of the books. */
export const venueOrderId = (oid: number): VenueOrderId => asId<VenueOrderId>(String(oid));

/** Returns the client id of an order in lower case; null when it has none. */
export const clientIdOf = (cloid: string | null | undefined): ClientOrderId | null =>
  cloid ? asId<ClientOrderId>(cloid.toLowerCase()) : null;
