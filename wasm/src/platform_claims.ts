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

/** The platform's own claims. A claim that is not there, or has another type, is null, and stays reachable among the claims. */
export interface PlatformClaims {
    /** The organization that the user signed in for (scope `organization`). */
    readonly organization_id: string | null;
    /** The kind of user (scope `organization`); which there are is not documented. */
    readonly user_type: string | null;
    /** All organizations of the user (scope `organization`); the shape of an element is not documented. */
    readonly organization_memberships: Json;
    /** The applications that the user is licensed for, a claim of access tokens; the shape of an element is not documented. */
    readonly licenses: Json;
}

/** Reads the platform's claims out of those of an ID Token or of UserInfo; they are no more trustworthy than what they come from. */
export function platformClaims(library: Library, claims: JsonObject): PlatformClaims {
    return ask(library, 'platform_claims', claims) as PlatformClaims;
}

/** The claim with the permissions, of whatever shape; null where it is not there. Errors: `platform_fact_missing`. */
export function permissions(library: Library, claims: JsonObject, profile: ClaimsProfile): Json {
    return ask(library, 'platform_claims.permissions', claims, { profile }) as Json;
}

/** The claim with the roles, of whatever shape; null where it is not there. Errors: `platform_fact_missing`. */
export function roles(library: Library, claims: JsonObject, profile: ClaimsProfile): Json {
    return ask(library, 'platform_claims.roles', claims, { profile }) as Json;
}

/** Whether the claim with the permissions is that text, or an array with it: not where it has another shape. Errors: `platform_fact_missing`. */
export function hasPermission(library: Library, claims: JsonObject, permission: string, profile: ClaimsProfile): boolean {
    return ask(library, 'platform_claims.has_permission', claims, { permission, profile }) as boolean;
}

/**
 * Whether the user belongs to an organization: organization_id is that id, or an element of organization_memberships is, or has it in the member that the
 * profile names. Not where it is "", nor where the claims have another shape.
 */
export function memberOf(library: Library, claims: JsonObject, organization_id: string, profile: ClaimsProfile = {}): boolean {
    return ask(library, 'platform_claims.member_of', claims, { organization_id, profile }) as boolean;
}

/**
 * The organization that the user signed in for, for an application that cannot do without. `granted_scope` is the `scope` of the tokens. Errors:
 * `organization_missing` (the user has none), `organization_scope_missing` (there is none because the scope `organization` was not granted),
 * `claim_type_wrong`.
 */
export function requireOrganization(library: Library, claims: JsonObject, granted_scope: string): string {
    return ask(library, 'require_organization', claims, { granted_scope }) as string;
}

/** Claims are not arguments: whatever names they have is right. */
function ask(library: Library, name: string, claims: JsonObject, args: object = {}): unknown {
    return library.call(name, args, new TextEncoder().encode(JSON.stringify(claims)));
}
