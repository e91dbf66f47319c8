import { type PageRule, pageRules } from './page_rules.js';

/** What to do about an error. */
export type Condition = 'retry_later' | 'authorize_again' | 'correct_input' | 'access_refused' | 'fix_configuration' | 'distrust_server';

/** An error as the module writes it. */
export interface ErrorReport {
    readonly code: string;
    readonly condition: Condition;
    readonly section: string;
    readonly message: string;
    readonly expected?: string;
    readonly got?: string;
    readonly http_status?: number;
    readonly server_error?: string;
    readonly server_text?: string;
    readonly retry_after?: number;
}

/**
 * What broke, where that rule is written, and all that a person needs to mend it. The one class of error of this package. It is free of secrets:
 * tokens, codes, verifiers, `state` and `nonce` are never put into one.
 */
export class AuthError extends Error {
    /** The rule that broke: "state_mismatch". */
    readonly code: string;
    /** What to do about it. */
    readonly condition: Condition;
    /** Where the rule is written: "RFC 6749 10.12". */
    readonly section: string;
    /** What the rule wanted, where it may be told. */
    readonly expected: string | undefined;
    /** What was there instead, where it may be told. */
    readonly got: string | undefined;
    /** The status of the answer that broke the rule. */
    readonly httpStatus: number | undefined;
    /** The server's own `error` ("invalid_grant"): untrusted text. */
    readonly serverError: string | undefined;
    /** The server's own `error_description`: untrusted text, not to be rendered as markup. */
    readonly serverText: string | undefined;
    /** How long the server asked to wait, in seconds (RFC 9110 10.2.3). */
    readonly retryAfter: number | undefined;

    constructor(report: ErrorReport, cause?: unknown) {
        super(report.message, cause === undefined ? undefined : { cause });
        this.name = 'AuthError';
        this.code = report.code;
        this.condition = report.condition;
        this.section = report.section;
        this.expected = report.expected;
        this.got = report.got;
        this.httpStatus = report.http_status;
        this.serverError = report.server_error;
        this.serverText = report.server_text;
        this.retryAfter = report.retry_after;
    }
}

/** The error that the module wrote as a value, if it did. */
export function asError(written: unknown): AuthError | undefined {
    return written ? new AuthError(written as ErrorReport) : undefined;
}

/** An error by one of the rules of the page itself, in the form of the library's. `got` is made printable and cut. */
export function pageError(code: PageRule, got = '', cause?: unknown): AuthError {
    const [condition, section, sentence, advice] = pageRules[code];
    const told = got.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
    const message = `${code}: ${sentence} (${section})${told && `; got "${told}"`}; do: ${advice}`;
    return new AuthError({ code, condition, section, message, ...(told && { got: told }) }, cause);
}
