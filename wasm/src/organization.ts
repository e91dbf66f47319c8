import type { JsonObject } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import { parseReply, type PlatformClient } from './platform_request.js';

/** An organization that is to be created. */
export interface NewOrganization {
    /** 1 to 255 characters. */
    readonly name: string;
    /** 1 to 100 lowercase letters, digits and hyphens; creating one that exists gives the one that exists. */
    readonly slug: string;
    /** "customer" (the platform's default), "partner" or "internal". */
    readonly type?: string;
    /** "acme.com"; at most 255 characters. */
    readonly domain?: string;
    /** "free" (the platform's default), "starter", ...: not checked, since the documented list is not complete. */
    readonly plan?: string;
    /** Further members of the request. */
    readonly extra_members?: JsonObject;
}

/** An organization as the platform knows one. Texts but the id are "" where the platform did not say. */
export interface Organization {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly type: string;
    readonly domain: string;
    readonly plan: string;
    /** Whether this call created it: not where it existed before, nor where it was looked up. */
    readonly created: boolean;
    /** The whole reply, for whatever else it has. */
    readonly document: JsonObject;
}

/**
 * Creates an organization, for which the calling application is enabled then. Needs the permission org:manage. Errors: `platform_member_invalid` (which
 * member has not the documented length or characters), `parameter_reserved` (an extra member is one of those above), those of `buildPlatformRequest`.
 */
export function buildCreateOrganizationRequest(library: Library, platform: PlatformClient, organization: NewOrganization): HttpRequest {
    return library.call('build_create_organization_request', { platform, organization }) as HttpRequest;
}

/**
 * Reads the reply to creating one with that slug. That it exists (409) is a success with `created` false. Errors: those of `parsePlatformResponse`,
 * `organization_id_missing` (the slug exists, and the reply does not say the id, or says that of another slug: look it up).
 */
export function parseCreateOrganizationResponse(library: Library, response: HttpResponse, platform: PlatformClient, slug: string): Organization {
    return parseReply(library, 'parse_create_organization_response', response, { platform, slug }) as Organization;
}

/** Looks an organization up by its slug. Needs the permission org:manage. Errors: `platform_member_invalid`, those of `buildPlatformRequest`. */
export function buildFindOrganizationRequest(library: Library, platform: PlatformClient, slug: string): HttpRequest {
    return library.call('build_find_organization_request', { platform, slug }) as HttpRequest;
}

/** Reads the reply, which is about that slug; null: there is none. Errors: those of `parsePlatformResponse`. */
export function parseFindOrganizationResponse(
    library: Library,
    response: HttpResponse,
    platform: PlatformClient,
    slug: string,
): Organization | null {
    return parseReply(library, 'parse_find_organization_response', response, { platform, slug }) as Organization | null;
}
