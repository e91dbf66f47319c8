// The page of the tests, as a plain module: the first part of its path says how it signs in, such as /persistent-botan/.
import { botan, createAuth, persistentStore } from '/package/index.js';

const mode = location.pathname.split('/')[1].split('-');
const settings = await (await fetch('/settings.json')).json();
const here = `${location.origin}/${mode.join('-')}/`;
const auth = createAuth({
  ...settings,
  redirect_uri: here,
  post_logout_redirect_uri: here,
  request_userinfo: true,
  ...(mode.includes('persistent') && { store: persistentStore() }),
  ...(mode.includes('botan') && { crypto: botan() }),
});
const element = (id) => document.getElementById(id);
const shown = []; // every status that the user saw
const show = ({ status, session }) => {
  if (shown.at(-1) !== status) shown.push(status);
  element('status').textContent = status;
  element('user').textContent = session ? session.claims.sub : '';
};
auth.subscribe(show);
Object.assign(globalThis, { auth, shown, report: () => ({ status: auth.state.status, code: auth.state.error?.code ?? null, text: String(auth.state.error ?? '') }) });

element('sign-in').onclick = () => auth.signIn().catch(() => {});
element('popup').onclick = () => auth.signIn({ popup: true }).catch(() => {});
element('sign-out').onclick = () => auth.signOut().catch(() => {});
try {
  (await auth.handleRedirect()) ?? (await auth.ready());
} catch {
  // state.error has it
}
show(auth.state);
document.documentElement.dataset.ready = 'yes';
