/** The Observer's API and the names of what it sends. */
import { createApi } from '@valero/ui';
import type { components, paths } from './gen/observer';

export const observer = createApi<paths>();

export type ServiceOut = components['schemas']['ServiceOut'];
export type InstanceOut = components['schemas']['InstanceOut'];
export type SeriesOut = components['schemas']['SeriesOut'];
export type EventOut = components['schemas']['EventOut'];
export type DecisionOut = components['schemas']['DecisionOut'];
export type State = components['schemas']['State'];
export type Severity = components['schemas']['Severity'];
