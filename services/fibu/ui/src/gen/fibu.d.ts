export interface paths {
    "/api/fibu/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Accounts
         * @description The chart of accounts; `q` is the beginning of a number or a part of a name.
         */
        get: operations["list_accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/accounts/{number}/sheet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Account Sheet
         * @description What was posted on one account, oldest first, with the running balance.
         */
        get: operations["get_account_sheet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Entries
         * @description The journal, latest posting date first.
         */
        get: operations["list_entries"];
        put?: never;
        /**
         * Post Entry
         * @description Post an entry. With `source` and `source_id`, a document is booked at most once.
         */
        post: operations["post_entry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/entries/{entry_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Entry
         * @description One entry with its lines.
         */
        get: operations["get_entry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/entries/{entry_id}/reversal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reverse Entry
         * @description Undo an entry (Generalumkehr); its document may then be booked again.
         */
        post: operations["reverse_entry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/periods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Periods
         * @description The months of all fiscal years with postings, oldest first.
         */
        get: operations["list_periods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/periods/{year}/{month}/closing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Close Period
         * @description Close a month: it accepts no more postings.
         */
        put: operations["close_period"];
        post?: never;
        /**
         * Reopen Period
         * @description Open a closed month again.
         */
        delete: operations["reopen_period"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Proposals
         * @description Proposals for incoming invoices, latest arrival first.
         */
        get: operations["list_proposals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/proposals/{document_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Proposal
         * @description The proposed entry for one document, with reasons and warnings.
         */
        get: operations["get_proposal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/proposals/{document_id}/posting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Proposal
         * @description Book a document as proposed, or as the given entry says.
         */
        post: operations["post_proposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/trial-balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trial Balance
         * @description Debit, credit and balance of every account up to and including `as_of` (today).
         */
        get: operations["get_trial_balance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AccountOut
         * @description An account of the chart; `automatic` marks an Automatikkonto, which implies `tax_code`.
         */
        AccountOut: {
            /** Automatic */
            automatic: boolean;
            /** Name */
            name: string;
            /** Number */
            number: string;
            /** Tax */
            tax: string;
            /** Tax Code */
            tax_code: string | null;
            /** Type */
            type: string;
            /** Valid From */
            valid_from: string | null;
            /** Valid To */
            valid_to: string | null;
        };
        /**
         * AccountSheetOut
         * @description A page of an account's postings in one currency, oldest first.
         */
        AccountSheetOut: {
            account: components["schemas"]["AccountOut"];
            /** Currency */
            currency: string;
            /** Items */
            items: components["schemas"]["SheetLineOut"][];
            /** Next */
            next: string | null;
        };
        /**
         * BalanceOut
         * @description One account; `balance` is debit minus credit.
         */
        BalanceOut: {
            /** Account */
            account: string;
            /**
             * Balance
             * @example 119.00
             */
            balance: string;
            /**
             * Credit
             * @example 119.00
             */
            credit: string;
            /**
             * Debit
             * @example 119.00
             */
            debit: string;
            /** Name */
            name: string;
            /** Type */
            type: string;
        };
        /**
         * DraftOut
         * @description A proposed entry in the shape of EntryIn.
         */
        DraftOut: {
            /** Currency */
            currency: string;
            /** Document Number */
            document_number: string;
            /**
             * Document On
             * Format: date
             */
            document_on: string;
            /** Lines */
            lines: components["schemas"]["LineOut"][];
            /**
             * Posted On
             * Format: date
             */
            posted_on: string;
            /** Source */
            source: string;
            /** Source Id */
            source_id: string | null;
            /** Text */
            text: string;
        };
        /**
         * EntryIn
         * @description An entry to post.
         */
        EntryIn: {
            /**
             * Currency
             * @default EUR
             */
            currency: string;
            /** Document Number */
            document_number: string;
            /**
             * Document On
             * Format: date
             */
            document_on: string;
            /** Lines */
            lines: components["schemas"]["LineIn"][];
            /**
             * Posted On
             * Format: date
             */
            posted_on: string;
            /** Source */
            source?: string | null;
            /** Source Id */
            source_id?: string | null;
            /**
             * Text
             * @default
             */
            text: string;
        };
        /**
         * EntryOut
         * @description A posted entry; `number` is null until it is sealed, `total` is the sum of the debits.
         */
        EntryOut: {
            /** Currency */
            currency: string;
            /** Document Number */
            document_number: string;
            /**
             * Document On
             * Format: date
             */
            document_on: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Lines */
            lines: components["schemas"]["LineOut"][];
            /** Number */
            number?: number | null;
            /**
             * Posted At
             * Format: date-time
             */
            posted_at: string;
            posted_by: components["schemas"]["Person"];
            /**
             * Posted On
             * Format: date
             */
            posted_on: string;
            /** Reversed By */
            reversed_by: string | null;
            /** Reverses */
            reverses: string | null;
            /** Source */
            source: string;
            /** Source Id */
            source_id: string | null;
            /** @default posted */
            state: components["schemas"]["valero__fibu__drafts__State"];
            /** Text */
            text: string;
            /**
             * Total
             * @example 119.00
             */
            total: string;
        };
        /**
         * InvoiceOut
         * @description What the invoice says, for comparison with the proposed entry.
         */
        InvoiceOut: {
            /** Buyer Name */
            buyer_name: string;
            /** Currency */
            currency: string;
            /** Due On */
            due_on: string | null;
            /**
             * Issued On
             * Format: date
             */
            issued_on: string;
            /** Number */
            number: string;
            /**
             * Payable
             * @example 119.00
             */
            payable: string;
            /** Seller Name */
            seller_name: string;
            /**
             * Tax Exclusive
             * @example 119.00
             */
            tax_exclusive: string;
            /**
             * Tax Inclusive
             * @example 119.00
             */
            tax_inclusive: string;
            /**
             * Tax Total
             * @example 119.00
             */
            tax_total: string;
            /** Type Code */
            type_code: string;
        };
        /**
         * LineIn
         * @description One line of an entry.
         */
        LineIn: {
            /** Account */
            account: string;
            /** Cost Centre */
            cost_centre?: string | null;
            /** Credit */
            credit?: string | null;
            /** Debit */
            debit?: string | null;
            /** Partner */
            partner?: string | null;
            /** Tax Code */
            tax_code?: string | null;
            /** Text */
            text?: string | null;
        };
        /**
         * LineOut
         * @description One line; in a reversal the amount is negative on the side it takes back.
         */
        LineOut: {
            /** Account */
            account: string;
            /** Account Name */
            account_name: string | null;
            /** Cost Centre */
            cost_centre: string | null;
            /** Credit */
            credit: string | null;
            /** Debit */
            debit: string | null;
            /** Partner */
            partner: string | null;
            /** Tax Code */
            tax_code: string | null;
            /** Text */
            text: string | null;
        };
        /** Page[AccountOut] */
        Page_AccountOut_: {
            /** Items */
            items: components["schemas"]["AccountOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /** Page[EntryOut] */
        Page_EntryOut_: {
            /** Items */
            items: components["schemas"]["EntryOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /** Page[ProposalOut] */
        Page_ProposalOut_: {
            /** Items */
            items: components["schemas"]["ProposalOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /**
         * PeriodOut
         * @description A month of a fiscal year.
         */
        PeriodOut: {
            /**
             * Ends On
             * Format: date
             */
            ends_on: string;
            /**
             * Starts On
             * Format: date
             */
            starts_on: string;
            state: components["schemas"]["valero__fibu__periods__State"];
        };
        /**
         * Person
         * @description Who did something, by the name of that day.
         */
        Person: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * PostingIn
         * @description What to book instead of the proposal; its source is always the document.
         */
        PostingIn: {
            entry?: components["schemas"]["EntryIn"] | null;
        };
        /**
         * Problem
         * @description RFC 9457; texts are German or English by Accept-Language.
         */
        Problem: {
            /** @description Stable name of the error. */
            code: string;
            detail?: string;
            errors?: {
                code: string;
                detail: string;
                /** @enum {unknown} */
                in: "body" | "query" | "path" | "header" | "cookie";
                /** @description JSON pointer, RFC 6901. */
                pointer: string;
            }[];
            /**
             * Format: uri
             * @description Names the trace.
             */
            instance?: string;
            status: number;
            title: string;
            /** Format: uri */
            type: string;
        };
        /**
         * ProposalOut
         * @description A document waiting to be booked, or booked by `entry_id`; reasons and warnings in German.
         */
        ProposalOut: {
            /**
             * Document Id
             * Format: uuid
             */
            document_id: string;
            entry: components["schemas"]["DraftOut"];
            /** Entry Id */
            entry_id: string | null;
            invoice: components["schemas"]["InvoiceOut"];
            /** Reasons */
            reasons: string[];
            state: components["schemas"]["valero__fibu__proposals__State"];
            /** Warnings */
            warnings: string[];
        };
        /**
         * ReversalIn
         * @description When and why; today and a standard text unless given.
         */
        ReversalIn: {
            /** Posted On */
            posted_on?: string | null;
            /** Text */
            text?: string | null;
        };
        /**
         * SheetLineOut
         * @description One posting on an account; `balance` after it, positive is a debit balance.
         */
        SheetLineOut: {
            /**
             * Balance
             * @example 119.00
             */
            balance: string;
            /** Credit */
            credit: string | null;
            /** Debit */
            debit: string | null;
            /** Document Number */
            document_number: string;
            /**
             * Entry Id
             * Format: uuid
             */
            entry_id: string;
            /**
             * Posted On
             * Format: date
             */
            posted_on: string;
            /** Text */
            text: string;
        };
        /**
         * SheetOut
         * @description The trial balance of one currency.
         */
        SheetOut: {
            /** Accounts */
            accounts: components["schemas"]["BalanceOut"][];
            /** Balanced */
            balanced: boolean;
            /** Currency */
            currency: string;
            /**
             * Total Credit
             * @example 119.00
             */
            total_credit: string;
            /**
             * Total Debit
             * @example 119.00
             */
            total_debit: string;
        };
        /**
         * State
         * @description Whether the document is booked now.
         * @enum {string}
         */
        "State-Input": "open" | "booked";
        /**
         * TrialBalanceOut
         * @description The asked-for currency, and in `currencies` the sheets of all currencies with postings.
         */
        TrialBalanceOut: {
            /** Accounts */
            accounts: components["schemas"]["BalanceOut"][];
            /**
             * As Of
             * Format: date
             */
            as_of: string;
            /** Balanced */
            balanced: boolean;
            /** Currencies */
            currencies: components["schemas"]["SheetOut"][];
            /** Currency */
            currency: string;
            /**
             * Total Credit
             * @example 119.00
             */
            total_credit: string;
            /**
             * Total Debit
             * @example 119.00
             */
            total_debit: string;
        };
        /**
         * State
         * @description What an entry can be; only drafts change. Sealing (Festschreibung) comes after posting.
         * @enum {string}
         */
        valero__fibu__drafts__State: "draft" | "posted" | "sealed";
        /**
         * State
         * @description A month of a fiscal year either accepts postings or does not.
         * @enum {string}
         */
        valero__fibu__periods__State: "open" | "closed";
        /**
         * State
         * @description Whether the document is booked now.
         * @enum {string}
         */
        valero__fibu__proposals__State: "open" | "booked";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_accounts: {
        parameters: {
            query?: {
                q?: string | null;
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AccountOut_"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_account_sheet: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
                currency?: string;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountSheetOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_entries: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
                account?: string | null;
                from?: string | null;
                to?: string | null;
                q?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EntryOut_"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_entry: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EntryIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_entry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                entry_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reverse_entry: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                entry_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReversalIn"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_periods: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeriodOut"][];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    close_period: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                year: number;
                month: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeriodOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reopen_period: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                year: number;
                month: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeriodOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_proposals: {
        parameters: {
            query?: {
                state?: components["schemas"]["State-Input"] | null;
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ProposalOut_"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_proposal: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PostingIn"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_trial_balance: {
        parameters: {
            query?: {
                as_of?: string | null;
                currency?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialBalanceOut"];
                };
            };
            /** @description Problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
