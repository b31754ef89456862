export interface paths {
    "/api/beleg/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Documents
         * @description Documents, newest first; `q` searches number, names and file name, `id` may be repeated.
         */
        get: operations["list_documents"];
        put?: never;
        /**
         * Receive Document
         * @description Archive one file, byte for byte, and read the e-invoice in it if there is one.
         */
        post: operations["receive_document"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/beleg/documents/{document_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Document
         * @description One document with its history.
         */
        get: operations["get_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/beleg/documents/{document_id}/invoice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Invoice
         * @description All fields of the e-invoice, read anew from the archived bytes.
         */
        get: operations["get_invoice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/beleg/documents/{document_id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Original
         * @description The bytes as received, checked against their hash, to be saved and never displayed.
         */
        get: operations["get_original"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/beleg/documents/{document_id}/rejection-letter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Rejection Letter
         * @description A letter to the sender in German, with every fatal finding, ready to be sent.
         */
        get: operations["get_rejection_letter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/beleg/documents/{document_id}/rendering": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Rendering
         * @description The e-invoice as a printable German page without scripts, with its findings.
         */
        get: operations["get_rendering"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/beleg/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream Changes
         * @description Changes to documents of the caller's tenant as server-sent events of type `document`.
         */
        get: operations["stream_changes"];
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
         * Address
         * @description BG-5, BG-8, BG-12, BG-15: postal address.
         */
        Address: {
            /** City */
            city?: string | null;
            /** Country */
            country?: string | null;
            /** Line One */
            line_one?: string | null;
            /** Line Three */
            line_three?: string | null;
            /** Line Two */
            line_two?: string | null;
            /** Post Code */
            post_code?: string | null;
            /** Subdivision */
            subdivision?: string | null;
        };
        /**
         * AllowanceCharge
         * @description BG-20, BG-21 on the document, BG-27, BG-28 on a line; `amount` is never negated.
         */
        AllowanceCharge: {
            /** Amount */
            amount: string;
            /** Base */
            base?: string | null;
            /** Category */
            category?: string | null;
            /** Is Charge */
            is_charge: boolean;
            /** Percent */
            percent?: string | null;
            /** Rate */
            rate?: string | null;
            /** Reason */
            reason?: string | null;
            /** Reason Code */
            reason_code?: string | null;
        };
        /**
         * Attachment
         * @description BG-24: a supporting document; its bytes stay in the archived original.
         */
        Attachment: {
            /** Description */
            description?: string | null;
            /** Filename */
            filename?: string | null;
            /** Location */
            location?: string | null;
            /** Media Type */
            media_type?: string | null;
            /** Reference */
            reference: string;
        };
        /**
         * Contact
         * @description BG-6, BG-9: whom to ask.
         */
        Contact: {
            /** Email */
            email?: string | null;
            /** Name */
            name?: string | null;
            /** Phone */
            phone?: string | null;
        };
        /**
         * Delivery
         * @description BG-13.
         */
        Delivery: {
            address?: components["schemas"]["Address"] | null;
            /** Delivered On */
            delivered_on?: string | null;
            location?: components["schemas"]["Identifier"] | null;
            /** Name */
            name?: string | null;
        };
        /**
         * DocumentDetailOut
         * @description A document with its retention, verdict, findings and history.
         */
        DocumentDetailOut: {
            /**
             * Deletable On
             * Format: date
             */
            deletable_on: string;
            /** Duplicate Of */
            duplicate_of: string | null;
            /** Entry Id */
            entry_id: string | null;
            /** Filename */
            filename: string;
            /** Findings */
            findings: components["schemas"]["FindingOut"][];
            /** History */
            history: components["schemas"]["StepOut"][];
            /**
             * Id
             * Format: uuid
             */
            id: string;
            invoice: components["schemas"]["InvoiceSummary"] | null;
            /** Media Type */
            media_type: string;
            /** Problem */
            problem: string | null;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Retention */
            retention: string;
            /** Sha256 */
            sha256: string;
            /** Size Bytes */
            size_bytes: number;
            state: components["schemas"]["State"];
            verdict: components["schemas"]["VerdictOut"] | null;
        };
        /**
         * DocumentOut
         * @description A received document; `problem` says in the caller's language what to do about it.
         */
        DocumentOut: {
            /** Duplicate Of */
            duplicate_of: string | null;
            /** Entry Id */
            entry_id: string | null;
            /** Filename */
            filename: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            invoice: components["schemas"]["InvoiceSummary"] | null;
            /** Media Type */
            media_type: string;
            /** Problem */
            problem: string | null;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Sha256 */
            sha256: string;
            /** Size Bytes */
            size_bytes: number;
            state: components["schemas"]["State"];
        };
        /**
         * ErrorClass
         * @description The three classes of BE-4.
         * @enum {string}
         */
        ErrorClass: "format" | "rule" | "content";
        /**
         * FindingOut
         * @description A broken rule; `message` names field and remedy in the caller's language.
         */
        FindingOut: {
            error_class: components["schemas"]["ErrorClass"];
            /** Field */
            field: string;
            level: components["schemas"]["Level"];
            /** Message */
            message: string;
            /** Rule */
            rule: string;
        };
        /**
         * Identifier
         * @description A value with the list it comes from, for example a GLN with scheme 0088.
         */
        Identifier: {
            /** Scheme */
            scheme?: string | null;
            /** Value */
            value: string;
        };
        /**
         * Invoice
         * @description The whole document.
         */
        Invoice: {
            /**
             * Allowances Charges
             * @default []
             */
            allowances_charges: components["schemas"]["AllowanceCharge"][];
            /**
             * Attachments
             * @default []
             */
            attachments: components["schemas"]["Attachment"][];
            buyer: components["schemas"]["Party"];
            /** Creditor Id */
            creditor_id?: string | null;
            /** Currency */
            currency: string;
            delivery?: components["schemas"]["Delivery"] | null;
            /** Due On */
            due_on?: string | null;
            /**
             * Issued On
             * Format: date
             */
            issued_on: string;
            /**
             * Lines
             * @default []
             */
            lines: components["schemas"]["Line"][];
            /**
             * Notes
             * @default []
             */
            notes: components["schemas"]["Note"][];
            /** Number */
            number: string;
            payee?: components["schemas"]["Party"] | null;
            /** Payment Reference */
            payment_reference?: string | null;
            /** Payment Terms */
            payment_terms?: string | null;
            /**
             * Payments
             * @default []
             */
            payments: components["schemas"]["Payment"][];
            period?: components["schemas"]["Period"] | null;
            /** Process */
            process?: string | null;
            references: components["schemas"]["References"];
            seller: components["schemas"]["Party"];
            /** Specification */
            specification?: string | null;
            syntax: components["schemas"]["Syntax"];
            /** Tax Currency */
            tax_currency?: string | null;
            /** Tax Point Code */
            tax_point_code?: string | null;
            /** Tax Point On */
            tax_point_on?: string | null;
            tax_representative?: components["schemas"]["Party"] | null;
            /**
             * Taxes
             * @default []
             */
            taxes: components["schemas"]["TaxGroup"][];
            totals: components["schemas"]["Totals"];
            /** Type Code */
            type_code: string;
        };
        /**
         * InvoiceOut
         * @description Everything read from the archived bytes, literally.
         */
        InvoiceOut: {
            /**
             * Document Id
             * Format: uuid
             */
            document_id: string;
            /** Findings */
            findings: components["schemas"]["FindingOut"][];
            invoice: components["schemas"]["Invoice"];
            /** Sha256 */
            sha256: string;
        };
        /**
         * InvoiceSummary
         * @description What a list shows of an e-invoice.
         */
        InvoiceSummary: {
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
            /** Syntax */
            syntax: string;
            /**
             * Tax Inclusive
             * @example 119.00
             */
            tax_inclusive: string;
            /** Type Code */
            type_code: string;
        };
        /**
         * Item
         * @description BG-31.
         */
        Item: {
            /** Buyer Number */
            buyer_number?: string | null;
            /**
             * Classifications
             * @default []
             */
            classifications: components["schemas"]["Identifier"][];
            /** Description */
            description?: string | null;
            /** Name */
            name: string;
            /** Origin */
            origin?: string | null;
            /**
             * Properties
             * @default []
             */
            properties: components["schemas"]["Property"][];
            /** Seller Number */
            seller_number?: string | null;
            standard_number?: components["schemas"]["Identifier"] | null;
        };
        /**
         * Level
         * @description How much a finding weighs.
         * @enum {string}
         */
        Level: "fatal" | "warning";
        /**
         * Line
         * @description BG-25.
         */
        Line: {
            /** Accounting Reference */
            accounting_reference?: string | null;
            /**
             * Allowances Charges
             * @default []
             */
            allowances_charges: components["schemas"]["AllowanceCharge"][];
            /** Category */
            category?: string | null;
            item: components["schemas"]["Item"];
            /** Net */
            net: string;
            /** Note */
            note?: string | null;
            /** Number */
            number: string;
            object_reference?: components["schemas"]["Identifier"] | null;
            /** Order Line */
            order_line?: string | null;
            period?: components["schemas"]["Period"] | null;
            price: components["schemas"]["Price"];
            /** Quantity */
            quantity: string;
            /** Rate */
            rate?: string | null;
            /** Unit */
            unit?: string | null;
        };
        /**
         * Note
         * @description BG-1.
         */
        Note: {
            /** Subject Code */
            subject_code?: string | null;
            /** Text */
            text: string;
        };
        /** Page[DocumentOut] */
        Page_DocumentOut_: {
            /** Items */
            items: components["schemas"]["DocumentOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /**
         * Party
         * @description BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 tax representative.
         */
        Party: {
            address?: components["schemas"]["Address"] | null;
            contact?: components["schemas"]["Contact"] | null;
            endpoint?: components["schemas"]["Identifier"] | null;
            /**
             * Identifiers
             * @default []
             */
            identifiers: components["schemas"]["Identifier"][];
            /** Legal Information */
            legal_information?: string | null;
            legal_registration?: components["schemas"]["Identifier"] | null;
            /** Name */
            name?: string | null;
            /** Tax Number */
            tax_number?: string | null;
            /** Trading Name */
            trading_name?: string | null;
            /** Vat Id */
            vat_id?: string | null;
        };
        /**
         * Payment
         * @description BG-16 with BG-17 credit transfer, BG-18 card, BG-19 direct debit; one per stated means.
         */
        Payment: {
            /** Account */
            account?: string | null;
            /** Account Name */
            account_name?: string | null;
            /** Bank */
            bank?: string | null;
            /** Card Holder */
            card_holder?: string | null;
            /** Card Number */
            card_number?: string | null;
            /** Debited Account */
            debited_account?: string | null;
            /** Mandate */
            mandate?: string | null;
            /** Means Code */
            means_code: string;
            /** Means Text */
            means_text?: string | null;
        };
        /**
         * Period
         * @description BG-14, BG-26: first and last day of supply (BT-73, BT-74, BT-134, BT-135).
         */
        Period: {
            /** Ends On */
            ends_on?: string | null;
            /** Starts On */
            starts_on?: string | null;
        };
        /**
         * PrecedingInvoice
         * @description BG-3: the invoice that is corrected or settled.
         */
        PrecedingInvoice: {
            /** Issued On */
            issued_on?: string | null;
            /** Number */
            number: string;
        };
        /**
         * Price
         * @description BG-29.
         */
        Price: {
            /** Discount */
            discount?: string | null;
            /** Gross */
            gross?: string | null;
            /** Net */
            net: string;
            /** Per Quantity */
            per_quantity?: string | null;
            /** Per Unit */
            per_unit?: string | null;
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
         * Property
         * @description BG-32.
         */
        Property: {
            /** Name */
            name: string;
            /** Value */
            value: string;
        };
        /**
         * References
         * @description What the document refers to.
         */
        References: {
            /** Accounting */
            accounting?: string | null;
            /** Buyer */
            buyer?: string | null;
            /** Contract */
            contract?: string | null;
            /** Despatch Advice */
            despatch_advice?: string | null;
            invoiced_object?: components["schemas"]["Identifier"] | null;
            /** Order */
            order?: string | null;
            /**
             * Preceding
             * @default []
             */
            preceding: components["schemas"]["PrecedingInvoice"][];
            /** Project */
            project?: string | null;
            /** Receiving Advice */
            receiving_advice?: string | null;
            /** Sales Order */
            sales_order?: string | null;
            /** Tender */
            tender?: string | null;
        };
        /**
         * State
         * @description Where a document stands; follows from its reading and its bookings.
         * @enum {string}
         */
        State: "received" | "booked" | "rejected" | "unreadable";
        /**
         * StepOut
         * @description A step in the life of a document.
         */
        StepOut: {
            /** Action */
            action: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Entry Id */
            entry_id: string | null;
            /** Note */
            note: string;
            state: components["schemas"]["State"];
            /** User Id */
            user_id: string | null;
        };
        /**
         * Syntax
         * @description The two syntaxes of EN 16931-1.
         * @enum {string}
         */
        Syntax: "cii" | "ubl";
        /**
         * TaxGroup
         * @description BG-23: one group of the VAT breakdown.
         */
        TaxGroup: {
            /** Base */
            base: string;
            /** Category */
            category: string;
            /** Exemption Code */
            exemption_code?: string | null;
            /** Exemption Reason */
            exemption_reason?: string | null;
            /** Rate */
            rate?: string | null;
            /** Tax */
            tax: string;
        };
        /**
         * Totals
         * @description BG-22: the document's own totals, two decimals.
         */
        Totals: {
            /** Allowances */
            allowances?: string | null;
            /** Charges */
            charges?: string | null;
            /** Lines */
            lines: string;
            /** Payable */
            payable: string;
            /** Prepaid */
            prepaid?: string | null;
            /** Rounding */
            rounding?: string | null;
            /** Tax */
            tax?: string | null;
            /** Tax Accounting */
            tax_accounting?: string | null;
            /** Tax Exclusive */
            tax_exclusive: string;
            /** Tax Inclusive */
            tax_inclusive: string;
        };
        /**
         * Verdict
         * @description What a document is after all rules were applied; warnings change nothing.
         * @enum {string}
         */
        Verdict: "valid" | "rule_errors" | "content_errors" | "format_errors";
        /**
         * VerdictOut
         * @description What all rules together say; while it is `pending`, the findings are our own only.
         */
        VerdictOut: {
            /** Examined At */
            examined_at?: string | null;
            /** Rule Pack */
            rule_pack?: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "done";
            /** Title */
            title?: string | null;
            verdict?: components["schemas"]["Verdict"] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_documents: {
        parameters: {
            query?: {
                state?: components["schemas"]["State"] | null;
                q?: string | null;
                id?: string[];
                limit?: number;
                /** @description `next` of the page before */
                after?: string | null;
                /** @description also count all items */
                total?: boolean;
            };
            header?: {
                "accept-language"?: string;
            };
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
                    "application/json": components["schemas"]["Page_DocumentOut_"];
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
    receive_document: {
        parameters: {
            query?: never;
            header?: {
                "accept-language"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The same bytes are there already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentOut"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentOut"];
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
    get_document: {
        parameters: {
            query?: never;
            header?: {
                "accept-language"?: string;
            };
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
                    "application/json": components["schemas"]["DocumentDetailOut"];
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
    get_invoice: {
        parameters: {
            query?: never;
            header?: {
                "accept-language"?: string;
            };
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
                    "application/json": components["schemas"]["InvoiceOut"];
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
    get_original: {
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
    get_rejection_letter: {
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
                    "text/plain": string;
                };
            };
            /** @description Nothing is wrong with the document. */
            409: {
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
    get_rendering: {
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
                    "text/html": string;
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
    stream_changes: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string;
            };
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
}
