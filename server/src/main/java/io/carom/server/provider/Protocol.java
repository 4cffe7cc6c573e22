package io.carom.server.provider;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// How one provider is spoken to. For any number of threads.
sealed interface Protocol extends AutoCloseable permits Oidc, Saml {
    Provider settings();

    /// In words.
    String kind();

    /// Whether its answer comes by a form of its own page, for which browsers bring only those
    /// cookies that are for any page.
    boolean posts();

    /// Whether it may send people of whom nobody asked.
    boolean takesUnasked();

    /// What the provider reads of this server, as XML; null where it reads nothing.
    @Nullable
    String metadata();

    /// Where a browser is sent to.
    URI leading(Pending pending) throws ProviderDown, InterruptedException;

    /// Who came back.
    ///
    /// @param pending what was begun; null where nobody asked
    Arrived arrived(@Nullable Pending pending, Answer answer) throws NotAdmitted, ProviderDown, InterruptedException;

    /// Whether the provider names a place to end one's session there, as far as is known.
    boolean hasLeaving();

    /// Where somebody ends their session at the provider too; null if it names no such place, or is not
    /// known yet.
    ///
    /// @param token that it gave them: it need not ask whom to sign out; empty for none
    @Nullable
    URI leaving(URI backTo, String token);

    /// Whose session the provider says is over.
    ///
    /// @param said as it is sent: a token, or a browser's query
    LoggedOut loggedOut(String said) throws NotAdmitted, ProviderDown, InterruptedException;

    @Override
    void close();
}
