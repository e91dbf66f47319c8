// What a person does in the browser, as a script: opens an address, fills in the provider's forms, and is sent back to the program.

// The address that the provider redirects to in the end, which is not opened here. `onStep(text)` is told what the person does; `cookies` are those of
// a browser that is used again, and a `body` is the form that it sends in the beginning.
export async function signIn(authorizationUrl, { login = 'alice', allow = true, onStep = () => {}, cookies = new Map(), body } = {}) {
  const provider = new URL(authorizationUrl).origin;
  let request = { method: body ? 'POST' : 'GET', url: authorizationUrl, body: body && new URLSearchParams(body) };
  for (let step = 0; step < 20; ++step) {
    const response = await fetch(request.url, {
      method: request.method,
      body: request.body,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      signal: AbortSignal.timeout(20_000),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]*)=([^;]*)/.exec(cookie);
      if (value) cookies.set(name, value); else cookies.delete(name);
    }
    const page = await response.text();

    const location = response.headers.get('location');
    if (location) {
      const next = new URL(location, request.url);
      if (next.origin !== provider) return next.href;
      request = { method: 'GET', url: next.href };
      continue;
    }
    const form = /<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(page);
    if (!response.ok || !form) throw new Error(`the provider's page has no form (HTTP ${response.status}): ${text(page)}`);
    const fields = new URLSearchParams();
    for (const [input] of form[2].matchAll(/<input[^>]*>/g)) fields.set(attribute(input, 'name'), attribute(input, 'value') ?? '');
    if (fields.has('login')) {
      onStep(`signs in as ${login}`);
      fields.set('login', login);
      fields.set('password', 'any will do here');
    } else if (/<button[^>]* name="logout"/.test(page)) {
      onStep('signs out');
      fields.set('logout', 'yes');
    } else if (allow) {
      onStep('allows what the program asks for');
    } else {
      onStep('refuses what the program asks for');
      const [, cancel] = /<a href="([^"]*\/abort)"/.exec(page);
      request = { method: 'GET', url: new URL(cancel, request.url).href };
      continue;
    }
    request = { method: 'POST', url: new URL(form[1], request.url).href, body: fields };
  }
  throw new Error('the provider redirects in circles');
}

function attribute(tag, name) {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
}

function text(page) {
  return page.replace(/<style.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ').slice(0, 500);
}
