import type { CheckOptions, ServerMetadata } from './arguments.js';
import type { Library } from './library.js';
import { Flow } from './machine.js';

/** What names the server, and where its metadata is. */
export interface DiscoveryArguments {
    readonly issuer: string;
    /** OIDC Discovery 4, if left out, or RFC 8414 3. */
    readonly location?: 'openid_configuration' | 'oauth_authorization_server';
    readonly options?: CheckOptions;
}

/** The flow that fetches an issuer's metadata (OIDC Discovery 4, RFC 8414 3): `await drive(Discovery.start(library, { issuer }), host)`. */
export class Discovery extends Flow<ServerMetadata> {
    /** Begins. What is wrong with the issuer is the flow's error. */
    static start(library: Library, args: DiscoveryArguments): Discovery {
        return new Discovery(library, library.start('discovery', args));
    }
}
