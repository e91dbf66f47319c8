import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { auth } from './auth.js';
import { AuthButton } from './auth_button.js';

// Once for the page, and not in an effect, which React may run twice: the answer of a sign-in, if this is where it leads, or the session
// that is stored.
auth.handleRedirect()
    .then((session) => session ?? auth.ready())
    .catch(() => {});

createRoot(document.getElementById('root')!).render(
    <StrictMode>
        <AuthButton />
    </StrictMode>,
);
