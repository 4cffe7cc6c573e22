package io.carom.server.account;

import java.time.Instant;

/// A passkey as it is kept: nothing of it is secret.
///
/// @param credential its identifier, in base64url
/// @param handle as whom the device knows the account, in base64url; tells nothing of it
/// @param data AttestedCredentialData in base64url: the identifier and the public key
/// @param count how often it signed; 0 for a device that does not count
/// @param label what its owner calls it
/// @param verified whether the device asked who holds it when it was made
/// @param movable whether it may be copied to other devices of its owner's, `moved` whether it is
public record KeptPasskey(
        String credential,
        String handle,
        String data,
        long count,
        String label,
        boolean verified,
        boolean movable,
        boolean moved,
        Instant made) {
    /// By which its owner takes it away.
    public String id() {
        return Secrets.digest(credential).substring(0, 16);
    }
}
