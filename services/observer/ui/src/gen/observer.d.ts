export interface paths {
    "/api/observer/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description What happened, newest first.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/observer/self": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Own Health
         * @description How the Observer itself is.
         */
        get: operations["read_own_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/observer/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Services
         * @description Every service and server with its instances and the last ten minutes of measurements.
         */
        get: operations["list_services"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/observer/services/{instance}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart
         * @description Restart one instance now; the stream tells how it goes.
         *
         *     Asked by a person, so neither ladder nor budget count. Raises RestartImpossible.
         */
        post: operations["restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/observer/services/{instance}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Samples
         * @description The measurements of one instance, at most some 240 points.
         */
        get: operations["list_samples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/observer/services/{service}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Service
         * @description One service with its latest events.
         */
        get: operations["read_service"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/observer/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream
         * @description Server-sent events: `snapshot` first, then `service` whenever one looks different, `event`
         *     for everything that happens. After Last-Event-ID what was missed comes before all else.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @deprecated
         * @description Register an instance, or renew its registration: the same slot keeps its lease.
         */
        post: operations["register_legacy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{lease_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Renew Lease
         * @description A heartbeat. 410 if the lease is unknown: register again.
         */
        put: operations["renew_lease"];
        post?: never;
        /**
         * Leave
         * @description A graceful goodbye. 410 if the lease is unknown.
         */
        delete: operations["leave"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Register an instance, or renew its registration: the same slot keeps its lease.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Registry
         * @description Where every instance is and how it is.
         */
        get: operations["read_registry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registry/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream Registry
         * @description The registry as server-sent events: all of it at once, and again after each change.
         */
        get: operations["stream_registry"];
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
         * Because
         * @description Why it does so.
         * @enum {string}
         */
        Because: "not_needed" | "not_ours" | "switched_off" | "supervisor_restarts" | "dependency_down" | "patience" | "ladder" | "budget" | "process_died" | "process_hangs";
        /**
         * Cause
         * @description Why an instance is in its state.
         * @enum {string}
         */
        Cause: "ready" | "booting" | "waiting_to_start" | "probe_failed" | "slow" | "unready" | "rule_broken" | "heartbeat_missing" | "reloaded" | "unresponsive" | "never_ready" | "exited" | "retrying" | "gave_up" | "lease_expired" | "stopped" | "left" | "foreign_answer" | "forgotten";
        /**
         * CheckOut
         * @description One entry of the instance's own health answer.
         */
        CheckOut: {
            /** Name */
            name: string;
            /** Output */
            output: string | null;
            /** Status */
            status: string;
            /** Value */
            value: number | null;
        };
        /**
         * DecisionOut
         * @description What the Observer does about the instance, and why; `in_seconds` until it acts.
         */
        DecisionOut: {
            because: components["schemas"]["Because"];
            deed: components["schemas"]["Deed"];
            /** In Seconds */
            in_seconds: number | null;
            /** Why */
            why: {
                [key: string]: unknown;
            };
        };
        /**
         * Deed
         * @description What the Observer does.
         * @enum {string}
         */
        Deed: "nothing" | "wait" | "start" | "end_hang";
        /**
         * EventOut
         * @description One fact of the event log; `why` holds the inputs of the decision.
         */
        EventOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Id */
            id: number | null;
            /** Instance */
            instance: string;
            kind: components["schemas"]["Kind"];
            /** Service */
            service: string;
            severity: components["schemas"]["Severity"];
            state_after: components["schemas"]["State"] | null;
            state_before: components["schemas"]["State"] | null;
            text: components["schemas"]["TextOut"];
            /** Why */
            why: {
                [key: string]: unknown;
            };
        };
        /**
         * Hang
         * @description What a process does that does not answer.
         *
         *     STOPPED by a signal; BLOCKED, it has not made a step since the first failed probe; BUSY, it
         *     works or waits for a core; DEAF, it lives but does not listen on its port.
         * @enum {string}
         */
        Hang: "stopped" | "blocked" | "busy" | "deaf";
        /**
         * InstanceOut
         * @description One instance as it is now. CPU in percent of one core, memory (USS) in MiB.
         */
        InstanceOut: {
            /**
             * As Of
             * Format: date-time
             */
            as_of: string;
            /** Breaches */
            breaches: string[];
            /** Can Restart */
            can_restart: boolean;
            cause: components["schemas"]["Cause"];
            /** Checks */
            checks: components["schemas"]["CheckOut"][];
            /** Cpu Percent */
            cpu_percent: number | null;
            /** Crash Looping */
            crash_looping: boolean;
            /** Db Connections */
            db_connections: number | null;
            decision: components["schemas"]["DecisionOut"] | null;
            /** Failures */
            failures: number;
            hang: components["schemas"]["Hang"] | null;
            /** Heartbeat Age Seconds */
            heartbeat_age_seconds: number | null;
            history?: components["schemas"]["SeriesOut"] | null;
            /** Instance */
            instance: string;
            /** Latency Ms */
            latency_ms: number | null;
            /** Memory Mb */
            memory_mb: number | null;
            /** Pid */
            pid: number | null;
            /** Registered */
            registered: boolean;
            /** Service */
            service: string;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            state: components["schemas"]["State"];
            /** Supervised */
            supervised: boolean;
            text: components["schemas"]["TextOut"];
            /** Url */
            url: string | null;
            /** Version */
            version: string | null;
            /** Why */
            why: {
                [key: string]: unknown;
            };
        };
        /**
         * Kind
         * @description What an event tells.
         * @enum {string}
         */
        Kind: "observer_started" | "registered" | "left" | "state_changed" | "process_died" | "process_replaced" | "hang_found" | "restarted" | "resumed" | "restart_failed" | "crash_loop" | "threshold_breached" | "threshold_kept" | "config_loaded" | "config_rejected";
        /**
         * LeaseOut
         * @description What a service has to know to keep its lease.
         */
        LeaseOut: {
            /** Epoch */
            epoch: string;
            /** Heartbeat Interval Seconds */
            heartbeat_interval_seconds: number;
            /** Lease Id */
            lease_id: string;
            /**
             * Server Time
             * Format: date-time
             */
            server_time: string;
            /** Ttl Seconds */
            ttl_seconds: number;
        };
        /**
         * OwnHealthOut
         * @description How the Observer itself is; the troubles are null while there are none.
         */
        OwnHealthOut: {
            /**
             * As Of
             * Format: date-time
             */
            as_of: string;
            /** Config Trouble */
            config_trouble: string | null;
            /** Database Bytes */
            database_bytes: number;
            /** Epoch */
            epoch: string;
            /** Listeners */
            listeners: number;
            /** Round Seconds */
            round_seconds: number;
            /** Store Trouble */
            store_trouble: string | null;
            /** Supervisor Trouble */
            supervisor_trouble: string | null;
            /** Targets */
            targets: number;
        };
        /** Page[EventOut] */
        Page_EventOut_: {
            /** Items */
            items: components["schemas"]["EventOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
        };
        /** Page[ServiceOut] */
        Page_ServiceOut_: {
            /** Items */
            items: components["schemas"]["ServiceOut"][];
            /** Next */
            next?: string | null;
            /** Total */
            total?: number | null;
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
         * RegisteredInstance
         * @description One instance as the gateway sees it.
         */
        RegisteredInstance: {
            /** Instance */
            instance: string;
            /** State */
            state: string;
            /** Url */
            url: string;
        };
        /**
         * Registration
         * @description What a service tells about itself.
         */
        Registration: {
            /** Instance */
            instance: string;
            /** Nonce */
            nonce: string;
            /** Pid */
            pid: number;
            /** Service */
            service: string;
            /** Url */
            url: string;
            /** Version */
            version: string;
        };
        /**
         * RegistryOut
         * @description The whole registry; `version` grows within one `epoch`, which a restart changes.
         */
        RegistryOut: {
            /** Epoch */
            epoch: string;
            /** Services */
            services: {
                [key: string]: components["schemas"]["RegisteredInstance"][];
            };
            /** Version */
            version: number;
        };
        /**
         * Role
         * @description What an instance is to us.
         * @enum {string}
         */
        Role: "service" | "infrastructure";
        /**
         * SeriesOut
         * @description Equally long columns, oldest first; `at` in seconds since 1970.
         */
        SeriesOut: {
            /** At */
            at: number[];
            /** Cpu Percent */
            cpu_percent: (number | null)[];
            /** Db Connections */
            db_connections: (number | null)[];
            /** Latency Ms */
            latency_ms: (number | null)[];
            /** Memory Mb */
            memory_mb: (number | null)[];
            /** Step Seconds */
            step_seconds: number;
        };
        /**
         * ServiceDetailOut
         * @description One service with its latest events.
         */
        ServiceDetailOut: {
            /** Affected By */
            affected_by: string[];
            /**
             * As Of
             * Format: date-time
             */
            as_of: string;
            /** Critical Endpoints */
            critical_endpoints: string[];
            /** Depends On */
            depends_on: string[];
            /** Description */
            description: string;
            /** Events */
            events: components["schemas"]["EventOut"][];
            /** Id */
            id: string;
            /** Instances */
            instances: components["schemas"]["InstanceOut"][];
            role: components["schemas"]["Role"];
            /**
             * Since
             * Format: date-time
             */
            since: string;
            state: components["schemas"]["State"];
            thresholds: components["schemas"]["ThresholdsOut"];
            /** Title */
            title: string;
        };
        /**
         * ServiceOut
         * @description One service or server with all its instances.
         */
        ServiceOut: {
            /** Affected By */
            affected_by: string[];
            /**
             * As Of
             * Format: date-time
             */
            as_of: string;
            /** Critical Endpoints */
            critical_endpoints: string[];
            /** Depends On */
            depends_on: string[];
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Instances */
            instances: components["schemas"]["InstanceOut"][];
            role: components["schemas"]["Role"];
            /**
             * Since
             * Format: date-time
             */
            since: string;
            state: components["schemas"]["State"];
            thresholds: components["schemas"]["ThresholdsOut"];
            /** Title */
            title: string;
        };
        /**
         * Severity
         * @description How loudly an event is shown.
         * @enum {string}
         */
        Severity: "info" | "warning" | "critical";
        /**
         * State
         * @description What people and the gateway are told about an instance.
         * @enum {string}
         */
        State: "starting" | "up" | "suspect" | "down" | "gone" | "impostor" | "maintenance";
        /**
         * TextOut
         * @description One sentence for people.
         */
        TextOut: {
            /** De */
            de: string;
            /** En */
            en: string;
        };
        /**
         * ThresholdsOut
         * @description The limits in force; null where none applies.
         */
        ThresholdsOut: {
            /** Cpu Percent */
            cpu_percent: number | null;
            /** Error Ratio */
            error_ratio: number | null;
            /** Memory Mb */
            memory_mb: number | null;
            /** P95 Ms */
            p95_ms: number | null;
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
    list_events: {
        parameters: {
            query?: {
                service?: string | null;
                instance?: string | null;
                kind?: components["schemas"]["Kind"] | null;
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
                    "application/json": components["schemas"]["Page_EventOut_"];
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
    read_own_health: {
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
                    "application/json": components["schemas"]["OwnHealthOut"];
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
    list_services: {
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
                    "application/json": components["schemas"]["Page_ServiceOut_"];
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
    restart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instance: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceOut"];
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
    list_samples: {
        parameters: {
            query?: {
                minutes?: number;
            };
            header?: never;
            path: {
                instance: string;
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
                    "application/json": components["schemas"]["SeriesOut"];
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
    read_service: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service: string;
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
                    "application/json": components["schemas"]["ServiceDetailOut"];
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
    stream: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string | null;
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
                    "text/event-stream": string;
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
    register_legacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaseOut"];
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
    renew_lease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lease_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
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
    leave: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lease_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
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
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaseOut"];
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
    read_registry: {
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
                    "application/json": components["schemas"]["RegistryOut"];
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
    stream_registry: {
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
                    "text/event-stream": string;
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
