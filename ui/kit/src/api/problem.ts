/** What went wrong with a request, in words for people (RFC 9457 problem details from the services). */
import { kitTexts } from '../texts/kit-texts.ts';

export interface FieldProblem {
  /** JSON pointer into the request body, e.g. "/lines/0/account". */
  pointer: string;
  code: string;
  detail: string;
}

interface ProblemDetails {
  title?: string;
  detail?: string;
  code?: string;
  errors?: Partial<FieldProblem>[];
}

export class Problem extends Error {
  override readonly name = 'Problem';
  /** 0: the server could not be reached. */
  readonly status: number;
  /** The name of the error in the service, e.g. "EntryUnbalanced"; empty if it gave none. */
  readonly code: string;
  readonly title: string;
  readonly fields: FieldProblem[];

  constructor(status: number, details: ProblemDetails = {}) {
    super(details.detail || details.title || textFor(status));
    this.status = status;
    this.code = details.code ?? '';
    this.title = details.title ?? '';
    this.fields = (details.errors ?? []).map((error) => ({
      pointer: error.pointer ?? '',
      code: error.code ?? '',
      detail: error.detail ?? '',
    }));
  }

  /** True when the same request may well succeed a moment later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

const TEXTS = {
  0: 'problemOffline',
  400: 'problemBadRequest',
  401: 'problemUnauthorized',
  403: 'problemForbidden',
  404: 'problemNotFound',
  409: 'problemConflict',
  410: 'problemNotFound',
  413: 'problemTooLarge',
  422: 'problemInvalid',
  429: 'problemTooMany',
  502: 'problemUnavailable',
  503: 'problemUnavailable',
  504: 'problemUnavailable',
} as const;

const textFor = (status: number): string =>
  kitTexts.t(TEXTS[status as keyof typeof TEXTS] ?? 'problemServer');

export function problemFrom(status: number, contentType: string | null, body: string): Problem {
  if (!contentType?.includes('json')) return new Problem(status);
  try {
    return new Problem(status, JSON.parse(body) as ProblemDetails);
  } catch {
    return new Problem(status);
  }
}

/** Any thrown value as a Problem, so that every error state can show words. */
export const asProblem = (error: unknown): Problem => (error instanceof Problem ? error : new Problem(500));
