import type { Json, JsonObject } from './arguments.js';
import type { Library } from './library.js';

/** What the platform's documentation leaves open of its claims. Nothing here has a default. */
export interface ClaimsProfile {
    /** The claim that has the permissions (scope `permissions`). */
    readonly permissions?: string;
    /** The claim that has the roles (scope `permissions`). */
    readonly roles?: string;
    /** The member of an element of organization_memberships that is the organization's id; if left out, elements that are objects do not count. */
    readonly organization_id?: string;
}

/**
 * The platform's own claims, wherever it put them: in the ID Token or in UserInfo. They are no more trustworthy than what they come from. A claim that is not
 * there is null, and so is one of another type, which stays reachable in `claims`.
 */
export class PlatformClaims {
    readonly claims: JsonObject;
    readonly #library: Library;

    constructor(library: Library, claims: JsonObject) {
        this.#library = library;
        this.claims = claims;
    }

    /** The organization that the user signed in for (scope `organization`). */
    organizationId(): string | null {
        return this.#ask('organization_id') as string | null;
    }

    /** The kind of user (scope `organization`); which there are is not documented. */
    userType(): string | null {
        return this.#ask('user_type') as string | null;
    }

    /** All organizations of the user (scope `organization`); the shape of an element is not documented. */
    organizationMemberships(): Json {
        return this.#ask('organization_memberships') as Json;
    }

    /** The applications that the user is licensed for, a claim of access tokens; the shape of an element is not documented. */
    licenses(): Json {
        return this.#ask('licenses') as Json;
    }

    /** The claim with the permissions, of whatever shape. Errors: `platform_fact_missing`. */
    permissions(profile: ClaimsProfile): Json {
        return this.#ask('permissions', { profile }) as Json;
    }

    /** The claim with the roles, of whatever shape. Errors: `platform_fact_missing`. */
    roles(profile: ClaimsProfile): Json {
        return this.#ask('roles', { profile }) as Json;
    }

    /** Whether the claim with the permissions is that text, or an array with it: not where it has another shape. Errors: `platform_fact_missing`. */
    hasPermission(permission: string, profile: ClaimsProfile): boolean {
        return this.#ask('has_permission', { permission, profile }) as boolean;
    }

    /**
     * Whether the user belongs to an organization: organization_id is that id, or an element of organization_memberships is, or has it in the member that
     * the profile names. Not where it is "", nor where the claims have another shape.
     */
    memberOf(organization_id: string, profile: ClaimsProfile = {}): boolean {
        return this.#ask('member_of', { organization_id, profile }) as boolean;
    }

    #ask(name: string, args: object = {}): unknown {
        return this.#library.call(`platform_claims.${name}`, { ...args, claims: this.claims });
    }
}

/**
 * The organization that the user signed in for, for an application that cannot do without. `granted_scope` is the `scope` of the tokens. Errors:
 * `organization_missing` (the user has none), `organization_scope_missing` (there is none because the scope `organization` was not granted),
 * `claim_type_wrong`.
 */
export function requireOrganization(library: Library, claims: JsonObject, granted_scope: string): string {
    return library.call('require_organization', { claims, granted_scope }) as string;
}
