// The platform's APIs and claims behind the entry point `calimatic-auth/platform`: what is sent, what is read, what is refused, and that a page can pass
// no credential.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as package_ from '../../../build/wasm/package/platform.js';

const { AuthError, load } = package_;
const library = await load();
const platform = { base_url: 'https://app.example/api' };
const profile = { resolve_keycloak_parameter: 'keycloakId', reset_password_body: '{"send":true}', set_password_member: 'password' };

const reply = (status, body, headers = [['Content-Type', 'application/json']]) => ({ status, headers, body: new TextEncoder().encode(body) });

function refused(code, call, members = {}) {
    assert.throws(call, (error) => {
        assert.ok(error instanceof AuthError, String(error));
        assert.equal(error.code, code);
        for (const [name, value] of Object.entries(members)) assert.equal(error[name], value, name);
        return true;
    });
}

test('requests go to the back end, with the documented names and without a credential', () => {
    const rows = [
        ['Platform', ['PUT', '/api/v1/things/1?x=%26', { a: [1, null, { b: 'ö' }] }], 'PUT', '/api/v1/things/1?x=%26', { a: [1, null, { b: 'ö' }] }],
        ['Platform', ['DELETE', '/api/v1/things/1'], 'DELETE', '/api/v1/things/1'],
        ['CreateOrganization', [{ name: 'Acme', slug: 'acme', type: 'partner', domain: 'acme.com', plan: 'new', extra_members: { region: 'eu' } }],
            'POST', '/api/v1/organizations', { name: 'Acme', slug: 'acme', type: 'partner', domain: 'acme.com', plan: 'new', region: 'eu' }],
        ['FindOrganization', ['acme'], 'GET', '/api/v1/organizations?slug=acme'],
        ['ResolveUser', ['a+b@x.example'], 'GET', '/api/v1/users/resolve?email=a%2Bb%40x.example'],
        ['ResolveKeycloakUser', ['k-1', profile], 'GET', '/api/v1/users/resolve?keycloakId=k-1'],
        ['ProvisionUser', [{ email: 'a@x.example', firstName: 'Ada', lastName: 'L', organizationId: 'o', role: 'member', sendInviteEmail: false,
            applications: [], extra_members: { note: 1 } }], 'POST', '/api/v1/users/provision',
            { email: 'a@x.example', firstName: 'Ada', lastName: 'L', organizationId: 'o', role: 'member', sendInviteEmail: false, applications: [], note: 1 }],
        ['ProvisionUser', [{ email: 'a@x.example' }], 'POST', '/api/v1/users/provision', { email: 'a@x.example' }],
        ['ProvisionBatch', [{ users: [{ email: 'a@x.example', firstName: 'Ada', lastName: 'L', role: 'admin', applications: ['cca_1'] }],
            defaultOrganizationId: 'o', sendInviteEmails: true }], 'POST', '/api/v1/users/provision/bulk',
            { users: [{ email: 'a@x.example', firstName: 'Ada', lastName: 'L', role: 'admin', applications: ['cca_1'] }], defaultOrganizationId: 'o',
                sendInviteEmails: true }],
        ['ImportUsers', [[{ email: 'a@x.example', firstName: 'Ada', lastName: 'L', temporaryPassword: 'a-password', externalId: '7', metadata: { x: 1 } }],
            { dryRun: true }], 'POST', '/api/v1/users/import', { dryRun: true,
            users: [{ email: 'a@x.example', firstName: 'Ada', lastName: 'L', temporaryPassword: 'a-password', externalId: '7', metadata: { x: 1 } }] }],
        ['ResetPassword', ['u/1', profile], 'POST', '/api/v1/users/u%2F1/reset-password', { send: true }],
        ['SetPassword', ['u-1', 'a-password', profile, { temporary: true }], 'POST', '/api/v1/users/u-1/set-password',
            { password: 'a-password', temporary: true }],
    ];
    for (const [name, args, method, path, body] of rows) {
        const request = package_[`build${name}Request`](library, platform, ...args);
        assert.equal(request.id, 0, name);
        assert.equal(request.method, method, name);
        assert.equal(request.url, platform.base_url + path, name);
        assert.deepEqual(request.body ? JSON.parse(request.body) : undefined, body, name);
        const headers = request.headers.map(([header]) => header.toLowerCase());
        assert.deepEqual(headers.filter((header) => !['accept', 'content-type'].includes(header)), [], name);
    }
});

test('a page passes no credential, wherever it puts it', () => {
    const create = (more, organization = {}) =>
        package_.buildCreateOrganizationRequest(library, { ...platform, ...more }, { name: 'Acme', slug: 'acme', ...organization });
    const rows = [
        [{ client_id: 'cca_1', client_secret: 'ccas_2' }, {}, 'platform.client_secret'],
        [{ api_key: 'k' }, {}, 'platform.api_key'],
        [{ api_key: { value: 'k' } }, {}, 'platform.api_key'],
        [{ credentials: { client_id: 'cca_1', client_secret: 'ccas_2' } }, {}, 'platform.credentials.client_secret'],
        [{}, { extra_members: { client_secret: 'ccas_2' } }, 'organization.extra_members.client_secret'],
    ];
    for (const [more, organization, got] of rows) {
        refused('secret_in_page', () => create(more, organization), { got, condition: 'fix_configuration' });
        assert.throws(() => create(more, organization), (error) => !error.message.includes('ccas_2') && error.message.includes('back end'));
    }
    refused('argument_malformed', () => create({ client_id: 'cca_1' }), { got: 'platform.client_id' });
});

test('arguments that are wrong or unknown are told by their path', () => {
    const provision = (user) => () => package_.buildProvisionUserRequest(library, platform, user);
    refused('argument_malformed', provision({ email: 'a@x.example', first_name: 'Ada' }), { got: 'user.first_name' });
    refused('argument_malformed', provision({ email: 1 }), { got: 'user.email' });
    refused('argument_malformed', provision({ email: 'a@x.example', sendInviteEmail: 'yes' }), { got: 'user.sendInviteEmail' });
    refused('argument_malformed', provision(undefined), { got: 'user' });
    refused('argument_malformed', () => package_.buildFindOrganizationRequest(library, undefined, 'acme'), { got: 'platform' });
    refused('argument_malformed', () => package_.buildFindOrganizationRequest(library, {}, 'acme'), { got: 'platform.base_url' });
    refused('argument_malformed', () => package_.buildPlatformRequest(library, platform, 'TRACE', '/x'), { got: 'method' });
    const batch = (users) => () => package_.buildProvisionBatchRequest(library, platform, { users });
    refused('argument_malformed', batch([{ email: 'a@x.example' }, { email: 'b@x.example', Email: '' }]), { got: 'batch.users.1.Email' });
    refused('argument_malformed', batch([{ email: 'a@x.example' }, null]), { got: 'batch.users.1' });
    refused('argument_malformed', batch('a@x.example'), { got: 'batch.users' });
});

test('the rules of the library hold: limits, reserved members, paths, facts that nobody knows', () => {
    const create = (organization) => () => package_.buildCreateOrganizationRequest(library, platform, { name: 'Acme', slug: 'acme', ...organization });
    refused('platform_member_invalid', create({ name: '' }), { got: 'name' });
    refused('platform_member_invalid', create({ name: 'Å'.repeat(256) }), { got: 'name' });
    create({ name: 'Å'.repeat(255) })();
    refused('platform_member_invalid', create({ slug: 'Acme' }), { got: 'slug' });
    refused('parameter_reserved', create({ extra_members: { plan: 'free' } }), { got: 'plan' });
    refused('json_not_an_object', create({ extra_members: [1] }));
    refused('platform_path_invalid', () => package_.buildPlatformRequest(library, platform, 'GET', '//other.example/'));
    refused('platform_path_invalid', () => package_.buildPlatformRequest(library, platform, 'GET', '/a/%2e%2e/b'));
    refused('url_not_https', () => package_.buildPlatformRequest(library, { base_url: 'http://app.example' }, 'GET', '/a'));
    refused('platform_id_invalid', () => package_.buildResetPasswordRequest(library, platform, '..', profile));
    refused('platform_fact_missing', () => package_.buildResetPasswordRequest(library, platform, 'u-1', {}));
    refused('platform_fact_missing', () => package_.buildSetPasswordRequest(library, platform, 'u-1', 'a-password', {}));
    refused('platform_fact_missing', () => package_.buildResolveKeycloakUserRequest(library, platform, 'k-1', {}));
    refused('batch_size_invalid', () => package_.buildProvisionBatchRequest(library, platform, { users: [] }));
    const many = Array.from({ length: 501 }, (_, i) => ({ email: `u${i}@x.example`, firstName: 'A', lastName: 'B' }));
    refused('batch_size_invalid', () => package_.buildProvisionBatchRequest(library, platform, { users: many }));
    package_.buildProvisionBatchRequest(library, platform, { users: many.slice(1) });
    package_.validateBatchUser(library, many[0]);
    refused('platform_member_invalid', () => package_.validateBatchUser(library, { ...many[0], email: '' }), { got: 'email' });
    refused('platform_member_invalid', () => package_.buildImportUsersRequest(library, platform, [{ ...many[0], temporaryPassword: 'short' }]));
});

test('replies are read, with what the documentation leaves open beside', () => {
    const { parseCreateOrganizationResponse, parseFindOrganizationResponse, parsePlatformResponse, parseProvisionUserResponse, parseResolveUserResponse } = package_;
    assert.deepEqual(parsePlatformResponse(library, reply(200, '{"success":true,"data":[1.5,1e3,9007199254740993]}'), platform),
        { status: 200, document: { success: true, data: [1.5, 1000, 9007199254740992] } });
    assert.deepEqual(parsePlatformResponse(library, reply(204, ''), platform), { status: 204, document: null });
    const texts = { name: '', slug: 'acme', type: '', domain: '', plan: '' };
    for (const [status, success] of [[201, true], [200, true], [409, true]]) {
        const document = { success, data: { id: 'o-1', slug: 'acme', new: 1 } };
        assert.deepEqual(parseCreateOrganizationResponse(library, reply(status, JSON.stringify(document)), platform, 'acme'),
            { id: 'o-1', ...texts, created: status !== 409, document });
    }
    refused('organization_id_missing', () => parseCreateOrganizationResponse(library, reply(409, '{"success":false,"error":"slug exists"}'), platform, 'acme'));
    assert.equal(parseFindOrganizationResponse(library, reply(404, '{"success":false,"error":"none"}'), platform, 'acme'), null);
    assert.equal(parseFindOrganizationResponse(library, reply(200, '{"success":true,"data":{"id":"o-1","slug":"acme"}}'), platform, 'acme').id, 'o-1');

    const resolve = (status, body) => parseResolveUserResponse(library, reply(status, body), platform, 'A@x.example');
    const user = resolve(200, '{"success":true,"data":{"userId":"u-1","email":"a@X.example","hasLicense":true,"licenses":["cca_1"]}}');
    assert.deepEqual([user.userId, user.keycloakUserId, user.email, user.hasLicense, user.licenses], ['u-1', '', 'a@X.example', true, ['cca_1']]);
    assert.equal(resolve(200, '{"success":true,"data":null}'), null);
    refused('platform_response_malformed', () => resolve(200, '{"success":true,"data":{"userId":"u-2","email":"b@x.example"}}'));

    const provisioned = parseProvisionUserResponse(library, reply(201, '{"success":true,"data":{"userId":"u-1","isNewUser":false}}'), platform);
    assert.deepEqual([provisioned.userId, provisioned.email, provisioned.isNewUser], ['u-1', '', false]);
    assert.equal(parseProvisionUserResponse(library, reply(200, '{"success":true,"data":{"userId":"u-1"}}'), platform).isNewUser, null);
});

test('a licence is there, is not, or is not known', () => {
    const user = { userId: 'u-1', keycloakUserId: '', email: '', licenses: null, document: { api_key: 'of the platform, no argument' } };
    assert.equal(package_.requireLicense(library, { ...user, hasLicense: true }), undefined);
    refused('app_not_licensed', () => package_.requireLicense(library, { ...user, hasLicense: false }), { condition: 'access_refused' });
    refused('license_unknown', () => package_.requireLicense(library, { ...user, hasLicense: null }));
    refused('user_not_found', () => package_.requireLicense(library, null));
});

test('what became of a batch is told for each user that was sent', () => {
    const users = ['a@x.example', 'B@x.example', 'c@x.example'].map((email) => ({ email, firstName: 'Ada', lastName: 'L' }));
    const parse = (status, body) => package_.parseProvisionBatchResponse(library, reply(status, body), platform, users);
    const results = [{ email: 'b@x.example', userId: 'u-2', isNewUser: true }, { email: 'a@x.example', success: false, error: 'no seat left' }];
    const read = parse(200, JSON.stringify({ success: true, data: { results } }));
    assert.deepEqual(read.rows.map(({ outcome, was_reported, userId }) => [outcome, was_reported, userId]),
        [['refused', true, ''], ['created', true, 'u-2'], ['unconfirmed', false, '']]);
    assert.ok(read.rows[0].error instanceof AuthError);
    assert.match(read.rows[0].error.serverText, /no seat left/);
    assert.equal(read.rows[1].error, undefined);
    assert.equal(read.refusal, undefined);
    assert.equal(read.document.data.results.length, 2);
    const whole = parse(422, JSON.stringify({ success: false, error: 'some failed', data: { results } }));
    assert.equal(whole.status, 422);
    assert.match(whole.refusal.serverText, /some failed/);
    refused('platform_input_refused', () => parse(400, '{"success":false,"error":{"code":"VALIDATION_ERROR","message":"bad"}}'));
});

test('refusals tell the words of the platform, and no secret that was sent', () => {
    const { parseImportUsersResponse, parsePlatformResponse, parseResetPasswordResponse, parseSetPasswordResponse } = package_;
    refused('platform_error', () => parsePlatformResponse(library, reply(400, '{"success":false,"error":"no such plan"}'), platform),
        { httpStatus: 400, serverText: 'no such plan' });
    refused('too_many_requests', () => parseResetPasswordResponse(library, reply(429, '{"success":false,"error":"slow down"}', [['Retry-After', '7']]), platform),
        { retryAfter: 7, condition: 'retry_later' });
    refused('platform_response_malformed', () => parsePlatformResponse(library, reply(200, '{"data":1}'), platform));
    const said = '{"success":false,"error":"cannot use s3cret-pass\\u0077ord"}';
    const users = [{ email: 'a@x.example', firstName: 'A', lastName: 'B', temporaryPassword: 's3cret-password' }];
    for (const parse of [
        () => parseSetPasswordResponse(library, reply(400, said), platform, 's3cret-password'),
        () => parseImportUsersResponse(library, reply(400, said), platform, users),
    ])
        assert.throws(parse, (error) => error instanceof AuthError && /cannot use/.test(error.serverText) && !JSON.stringify(error).includes('s3cret'));
});

test('claims of the platform are read by what is documented, and by what the page says of the rest', () => {
    const { PlatformClaims, requireOrganization } = package_;
    const of = (claims) => new PlatformClaims(library, claims);
    const claims = { sub: 'u', organization_id: 'o-1', user_type: 'staff', organization_memberships: ['o-2', { id: 'o-3' }], licenses: ['cca_1'],
        perms: ['a:b', 'c'], realm_roles: 'admin' };
    const read = (from) => [from.organizationId(), from.userType(), from.organizationMemberships(), from.licenses()];
    assert.deepEqual(read(of(claims)), ['o-1', 'staff', ['o-2', { id: 'o-3' }], ['cca_1']]);
    assert.deepEqual(read(of({ sub: 'u', organization_id: null, user_type: 7 })), [null, null, null, null]);
    const names = { permissions: 'perms', roles: 'realm_roles' };
    assert.deepEqual(of(claims).permissions(names), ['a:b', 'c']);
    assert.equal(of(claims).roles(names), 'admin');
    assert.equal(of({ sub: 'u' }).roles(names), null);
    refused('platform_fact_missing', () => of(claims).permissions({}));
    refused('platform_fact_missing', () => of(claims).roles({ permissions: 'perms' }));
    refused('argument_malformed', () => of(claims).roles({ role: 'x' }), { got: 'profile.role' });
    assert.equal(of(claims).hasPermission('c', names), true);
    assert.equal(of(claims).hasPermission('a', names), false);
    refused('platform_fact_missing', () => of(claims).hasPermission('c', {}));
    assert.deepEqual(['o-1', 'o-2', 'o-3', ''].map((id) => of(claims).memberOf(id)), [true, true, false, false]);
    assert.equal(of(claims).memberOf('o-3', { organization_id: 'id' }), true);
    assert.equal(requireOrganization(library, claims, 'openid organization'), 'o-1');
    refused('organization_missing', () => requireOrganization(library, { sub: 'u' }, 'openid organization'));
    refused('organization_scope_missing', () => requireOrganization(library, { sub: 'u' }, 'openid'));
    refused('claim_type_wrong', () => requireOrganization(library, { sub: 'u', organization_id: 7 }, 'openid organization'));
});

test('the module has what the smaller one has, too', () => {
    refused('blob_malformed', () => package_.AuthorizationCodeFlow.resume(library, {
        server: { issuer: 'https://auth.example', authorization_endpoint: 'https://auth.example/a', token_endpoint: 'https://auth.example/t',
            jwks_uri: 'https://auth.example/k' },
        client: { client_id: 'app' }, pending: 'x' }, 0));
});
