package io.carom.mailnet.smtp;

import io.carom.mailnet.identity.Address;
import io.carom.mailnet.store.MailStore.Origin;
import io.carom.mailnet.store.Refused;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of SMTP, and what it may do: a member that submits, or another network that hands over.
interface SmtpRole {
    /// How a member signs in; null where the connection says all.
    @Nullable
    Auth auth();

    /// Who sends; null while nobody has signed in.
    @Nullable
    Origin origin();

    /// @throws Refused if the other end may not send in that name
    void sender(Address from) throws IOException;

    /// @throws Refused if nothing may be sent there from here
    void recipient(Address to) throws IOException;

    /// Whether answers may be sent to an address.
    boolean reaches(Address address);

    /// For the audit log: who it is, as far as known.
    String name();

    /// Signing in over SMTP (RFC 4954).
    interface Auth {
        /// @param initial what came with the command, Base64; null if nothing did
        /// @return whether that member is signed in now
        boolean with(String mechanism, @Nullable String initial, SmtpSession session) throws IOException;
    }
}
