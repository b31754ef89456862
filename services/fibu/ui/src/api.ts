/** The services behind this module and the names of what they send. */
import { createApi } from '@valero/ui';
import type { components as Beleg, paths as BelegPaths } from './gen/beleg';
import type { components as Fibu, paths as FibuPaths } from './gen/fibu';

export const fibu = createApi<FibuPaths>();
export const beleg = createApi<BelegPaths>();

export type DocumentOut = Beleg['schemas']['DocumentOut'];
export type DocumentDetailOut = Beleg['schemas']['DocumentDetailOut'];
export type DocumentState = DocumentOut['state'];
export type Invoice = Beleg['schemas']['Invoice'];
export type InvoiceLine = Beleg['schemas']['Line'];

export type AccountOut = Fibu['schemas']['AccountOut'];
export type EntryIn = Fibu['schemas']['EntryIn'];
export type LineIn = Fibu['schemas']['LineIn'];
export type EntryOut = Fibu['schemas']['EntryOut'];
export type LineOut = Fibu['schemas']['LineOut'];
export type ProposalOut = Fibu['schemas']['ProposalOut'];
export type SheetOut = Fibu['schemas']['SheetOut'];
export type BalanceOut = Fibu['schemas']['BalanceOut'];
