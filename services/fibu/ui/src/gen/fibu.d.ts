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
    "/api/fibu/exports/datev": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Datev
         * @description One month as DATEV EXTF 700 Buchungsstapel 13, checked before it leaves.
         */
        get: operations["export_datev"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/exports/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Journal
         * @description The sealed journal as JSON lines, to be checked by `python -m valero.fibu.verify`.
         */
        get: operations["export_journal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/open-items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Open Items
         * @description Open items as of a day, by due date; without `total`.
         */
        get: operations["list_open_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/open-items/ageing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ageing
         * @description Open amounts per partner, in columns by days overdue.
         */
        get: operations["get_ageing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/open-items/clearing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clear Open Items
         * @description Set items of one account off against each other.
         */
        post: operations["clear_open_items"];
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
    "/api/fibu/seals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Seals
         * @description All seals, the latest first.
         */
        get: operations["list_seals"];
        put?: never;
        /**
         * Seal Journal
         * @description Seal posted entries: they get journal numbers and a place in the hash chain.
         */
        post: operations["seal_journal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/statement-lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Bank Lines
         * @description Bank lines of all statements, the latest first.
         */
        get: operations["list_bank_lines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/statement-lines/{line_id}/matches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Matches
         * @description The open items that a bank line may settle, best first.
         */
        get: operations["list_matches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/statement-lines/{line_id}/settlement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settle Bank Line
         * @description Book a bank line against open items.
         */
        post: operations["settle_bank_line"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Statements
         * @description Imported statements, the latest first.
         */
        get: operations["list_statements"];
        put?: never;
        /**
         * Import Statements
         * @description Import a camt.052, .053 or .054 file; 200 if this very file was imported before.
         */
        post: operations["import_statements"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/statements/{statement_id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Statement Lines
         * @description The lines that one statement brought first, latest booking first.
         */
        get: operations["list_statement_lines"];
        put?: never;
        post?: never;
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
    "/api/fibu/vat-returns/{period}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Vat Return
         * @description The return of a month (2026-03) or quarter (2026-Q1), computed from tax codes.
         */
        get: operations["get_vat_return"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/vat-returns/{period}/filings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * File Vat Return
         * @description Keep the return as filed; nothing is sent to the tax office.
         */
        post: operations["file_vat_return"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fibu/vat-returns/{period}/{kz}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Lines Behind
         * @description The lines that one Kz sums, oldest first; without `total`.
         */
        get: operations["list_lines_behind"];
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
         * AgeOut
         * @description A partner's open amounts by days overdue.
         */
        AgeOut: {
            /** Currency */
            currency: string;
            /**
             * Not Due
             * @example 119.00
             */
            not_due: string;
            /**
             * Over 90
             * @example 119.00
             */
            over_90: string;
            /** Partner */
            partner: string | null;
            side: components["schemas"]["Side"];
            /**
             * To 30
             * @example 119.00
             */
            to_30: string;
            /**
             * To 60
             * @example 119.00
             */
            to_60: string;
            /**
             * To 90
             * @example 119.00
             */
            to_90: string;
            /**
             * Total
             * @example 119.00
             */
            total: string;
        };
        /**
         * AgeingOut
         * @description The ageing as of a day.
         */
        AgeingOut: {
            /**
             * As Of
             * Format: date
             */
            as_of: string;
            /** Items */
            items: components["schemas"]["AgeOut"][];
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
         * BankLineOut
         * @description A bank line; `entry_id` is the entry that books it, if any.
         */
        BankLineOut: {
            /** Account */
            account: string;
            /**
             * Amount
             * @example 119.00
             */
            amount: string;
            /** Bank Reference */
            bank_reference: string | null;
            /**
             * Booked On
             * Format: date
             */
            booked_on: string;
            /** Counterparty */
            counterparty: string | null;
            /** Counterparty Iban */
            counterparty_iban: string | null;
            /** Currency */
            currency: string;
            /** End To End Id */
            end_to_end_id: string | null;
            /** Entry Id */
            entry_id?: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Is Reversal */
            is_reversal: boolean;
            /** Remittance */
            remittance: string;
            /** Return Code */
            return_code: string | null;
            /**
             * Statement Id
             * Format: uuid
             */
            statement_id: string;
            /** Value On */
            value_on: string | null;
        };
        /**
         * BehindOut
         * @description One line behind a Kz; `amount` as the form counts it.
         */
        BehindOut: {
            /** Account */
            account: string;
            /**
             * Amount
             * @example 119.00
             */
            amount: string;
            /** Code */
            code: string;
            /** Document Number */
            document_number: string;
            /**
             * Entry Id
             * Format: uuid
             */
            entry_id: string;
            /** Position */
            position: number;
            /**
             * Posted On
             * Format: date
             */
            posted_on: string;
            /** Text */
            text: string;
        };
        /** Body_import_statements */
        Body_import_statements: {
            /** File */
            file: string;
        };
        /**
         * ClearingIn
         * @description Items to set off against each other; today unless given.
         */
        ClearingIn: {
            /** Items */
            items: components["schemas"]["ShareIn"][];
            /** On */
            on?: string | null;
        };
        /**
         * ClearingOut
         * @description The items as they stand after the clearing.
         */
        ClearingOut: {
            /** Items */
            items: components["schemas"]["OpenItemOut"][];
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
            /** Due On */
            due_on?: string | null;
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
         * FilingOut
         * @description A return as filed; number 1 is the first, later ones are corrected returns.
         */
        FilingOut: {
            /** Amounts */
            amounts: {
                [key: string]: string;
            };
            /**
             * Filed At
             * Format: date-time
             */
            filed_at: string;
            filed_by: components["schemas"]["Person"];
            /** Form */
            form: string;
            /** Number */
            number: number;
            /** Period */
            period: string;
        };
        /**
         * ImportOut
         * @description What a file brought; `is_new` is false if the same file was imported before.
         */
        ImportOut: {
            /** Is New */
            is_new: boolean;
            /** Statements */
            statements: components["schemas"]["StatementOut"][];
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
         * KzOut
         * @description One field: bases in full euro, taxes in cents; `difference` to the return filed last.
         */
        KzOut: {
            /** Amount */
            amount: string;
            /** Difference */
            difference: string | null;
            /** Kind */
            kind: string;
            /** Kz */
            kz: string;
            /** Meaning */
            meaning: string;
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
        /**
         * LineState
         * @description Whether an entry books a bank line.
         * @enum {string}
         */
        LineState: "open" | "booked";
        /**
         * MatchOut
         * @description Items that a bank line may settle; score 0 to 100, reasons in German.
         */
        MatchOut: {
            /**
             * Difference
             * @example 119.00
             */
            difference: string;
            /** Items */
            items: string[];
            /** Reasons */
            reasons: string[];
            /** Score */
            score: number;
        };
        /**
         * OpenItemOut
         * @description A claim; what we owe a creditor and what a debtor owes us is positive.
         */
        OpenItemOut: {
            /** Account */
            account: string;
            /**
             * Amount
             * @example 119.00
             */
            amount: string;
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
             * Due On
             * Format: date
             */
            due_on: string;
            /**
             * Entry Id
             * Format: uuid
             */
            entry_id: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Open
             * @example 119.00
             */
            open: string;
            /** Partner */
            partner: string | null;
            /**
             * Posted On
             * Format: date
             */
            posted_on: string;
            side: components["schemas"]["Side"];
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
        /** Page[BankLineOut] */
        Page_BankLineOut_: {
            /** Items */
            items: components["schemas"]["BankLineOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /** Page[BehindOut] */
        Page_BehindOut_: {
            /** Items */
            items: components["schemas"]["BehindOut"][];
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
        /** Page[OpenItemOut] */
        Page_OpenItemOut_: {
            /** Items */
            items: components["schemas"]["OpenItemOut"][];
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
        /** Page[SealOut] */
        Page_SealOut_: {
            /** Items */
            items: components["schemas"]["SealOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /** Page[StatementLineOut] */
        Page_StatementLineOut_: {
            /** Items */
            items: components["schemas"]["StatementLineOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /** Page[StatementOut] */
        Page_StatementOut_: {
            /** Items */
            items: components["schemas"]["StatementOut"][];
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
         * SealIn
         * @description Up to which posting date to seal; without it, what is due by the 10th of the month.
         */
        SealIn: {
            /** Until */
            until?: string | null;
        };
        /**
         * SealOut
         * @description One seal over the journal numbers `first_number` to `last_number`; `hash` ends its chain.
         */
        SealOut: {
            /** First Number */
            first_number: number;
            /** Hash */
            hash: string;
            /** Last Number */
            last_number: number;
            /** Number */
            number: number;
            /**
             * Sealed At
             * Format: date-time
             */
            sealed_at: string;
            sealed_by: components["schemas"]["Person"];
            /**
             * Until
             * Format: date
             */
            until: string;
        };
        /**
         * SealingOut
         * @description The seals just made; `remaining` entries need another request.
         */
        SealingOut: {
            /** Remaining */
            remaining: number;
            /** Seals */
            seals: components["schemas"]["SealOut"][];
            /**
             * Until
             * Format: date
             */
            until: string;
        };
        /**
         * SettlementIn
         * @description The items that a bank line settles.
         */
        SettlementIn: {
            /** Items */
            items: components["schemas"]["ShareIn"][];
        };
        /**
         * ShareIn
         * @description What to take off one item in its natural sign; negative when a payment came back.
         */
        ShareIn: {
            /**
             * Amount
             * @example 119.00
             */
            amount: string;
            /**
             * Item Id
             * Format: uuid
             */
            item_id: string;
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
         * Side
         * @description Whom we owe, and who owes us.
         * @enum {string}
         */
        Side: "creditor" | "debtor";
        /**
         * State
         * @description Whether the document is booked now.
         * @enum {string}
         */
        "State-Input": "open" | "booked";
        /**
         * StatementLineOut
         * @description One movement; money in is positive.
         */
        StatementLineOut: {
            /** Account */
            account: string;
            /**
             * Amount
             * @example 119.00
             */
            amount: string;
            /** Bank Reference */
            bank_reference: string | null;
            /**
             * Booked On
             * Format: date
             */
            booked_on: string;
            /** Counterparty */
            counterparty: string | null;
            /** Counterparty Iban */
            counterparty_iban: string | null;
            /** Currency */
            currency: string;
            /** End To End Id */
            end_to_end_id: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Is Reversal */
            is_reversal: boolean;
            /** Remittance */
            remittance: string;
            /** Return Code */
            return_code: string | null;
            /**
             * Statement Id
             * Format: uuid
             */
            statement_id: string;
            /** Value On */
            value_on: string | null;
        };
        /**
         * StatementOut
         * @description A bank's report on one account; an `imbalance` other than zero needs a person.
         *
         *     `known_count` of its `line_count` booked lines came with earlier files; `pending_count` are
         *     not booked by the bank and not kept.
         */
        StatementOut: {
            /** Account */
            account: string;
            /** Closing */
            closing: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Currency */
            currency: string | null;
            /** Filename */
            filename: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Identifier */
            identifier: string;
            /** Imbalance */
            imbalance: string | null;
            /**
             * Imported At
             * Format: date-time
             */
            imported_at: string;
            /** Kind */
            kind: string;
            /** Known Count */
            known_count: number;
            /** Line Count */
            line_count: number;
            /** Opening */
            opening: string | null;
            /** Pending Count */
            pending_count: number;
            /** Sequence */
            sequence: number | null;
        };
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
         * VatReturnOut
         * @description The return as the journal has it now; `corrected` is Kz 10. Warnings in German.
         */
        VatReturnOut: {
            /** Corrected */
            corrected: boolean;
            /** Fields */
            fields: components["schemas"]["KzOut"][];
            /** Filed */
            filed: components["schemas"]["FilingOut"][];
            /**
             * First
             * Format: date
             */
            first: string;
            /** Form */
            form: string;
            /**
             * Last
             * Format: date
             */
            last: string;
            /** Period */
            period: string;
            /** Warnings */
            warnings: string[];
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
                id?: string[];
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
    export_datev: {
        parameters: {
            query: {
                month: string;
                consultant: number;
                client: number;
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
                content?: never;
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
    export_journal: {
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
                content?: never;
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
    list_open_items: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
                as_of?: string | null;
                side?: components["schemas"]["Side"] | null;
                partner?: string | null;
                settled_too?: boolean;
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
                    "application/json": components["schemas"]["Page_OpenItemOut_"];
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
    get_ageing: {
        parameters: {
            query?: {
                as_of?: string | null;
                side?: components["schemas"]["Side"] | null;
                partner?: string | null;
                settled_too?: boolean;
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
                    "application/json": components["schemas"]["AgeingOut"];
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
    clear_open_items: {
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
                "application/json": components["schemas"]["ClearingIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClearingOut"];
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
                document_id?: string[];
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
    list_seals: {
        parameters: {
            query?: {
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
                    "application/json": components["schemas"]["Page_SealOut_"];
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
    seal_journal: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SealIn"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SealingOut"];
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
    list_bank_lines: {
        parameters: {
            query?: {
                state?: components["schemas"]["LineState"] | null;
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
                    "application/json": components["schemas"]["Page_BankLineOut_"];
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
    list_matches: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                line_id: string;
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
                    "application/json": components["schemas"]["MatchOut"][];
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
    settle_bank_line: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                line_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettlementIn"];
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
    list_statements: {
        parameters: {
            query?: {
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
                    "application/json": components["schemas"]["Page_StatementOut_"];
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
    import_statements: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_import_statements"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportOut"];
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
    list_statement_lines: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
            };
            header?: never;
            path: {
                statement_id: string;
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
                    "application/json": components["schemas"]["Page_StatementLineOut_"];
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
    get_vat_return: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                period: string;
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
                    "application/json": components["schemas"]["VatReturnOut"];
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
    file_vat_return: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                period: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilingOut"];
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
    list_lines_behind: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
            };
            header?: never;
            path: {
                period: string;
                kz: string;
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
                    "application/json": components["schemas"]["Page_BehindOut_"];
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
