/// Signing in by a provider of identities outside: what its answers have to be, and whom they let in as
/// what.
@NullMarked
package io.carom.server.provider;

import org.jspecify.annotations.NullMarked;
