/// Passkeys: keys in people's devices that answer to this server alone (WebAuthn).
@NullMarked
package io.carom.server.passkey;

import org.jspecify.annotations.NullMarked;
