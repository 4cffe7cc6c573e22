package io.carom.server.http;

import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.Asker;
import io.carom.server.account.Authenticator;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.provider.Providers;
import io.javalin.http.Context;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who asks, by whatever they show: a session's cookie, a password, a token, a certificate.
public final class Identity {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private final Authenticator authenticator;
    private final Accounts accounts;
    private final People people;
    private final Providers providers;
    private final InstantSource clock;

    public Identity(
            Authenticator authenticator, Accounts accounts, People people, Providers providers, InstantSource clock) {
        this.authenticator = authenticator;
        this.accounts = accounts;
        this.people = people;
        this.providers = providers;
        this.clock = clock;
    }

    /// The name of the cookie of a session: over TLS browsers take it from this server's `/` alone.
    public static String cookie(Context context) {
        return context.req().isSecure() ? "__Host-carom" : "carom";
    }

    Asker asker(Context context) throws IOException, Refused, InterruptedException {
        Asker asker = shown(context).orElseThrow(Identity::notSignedIn);
        if (asker.only() != null) {
            throw new Refused(403, "Not for this", "The token is for " + asker.only() + " alone.");
        }
        return asker;
    }

    static Refused notSignedIn() {
        return new Refused(
                401,
                "Not signed in",
                "Show who you are: by name and password (Basic; not where a second proof is asked for), by a token"
                        + " (Bearer), or by a client certificate.");
    }

    private Optional<Asker> shown(Context context) throws IOException, Refused, InterruptedException {
        X509Certificate certificate =
                context.req().getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                        ? chain[0]
                        : null;
        Optional<Asker> asker;
        try {
            asker = authenticator.asker(
                    context.header("Authorization"), certificate, context.req().getRemoteAddr());
        } catch (Authenticator.TooOften e) {
            throw tooOften();
        }
        if (asker.isPresent()) {
            Account account = asker.get().account();
            People.Kept kept = people.of(account.name());
            People.Vouched vouched = kept == null ? null : kept.vouched();
            if (kept != null
                    && vouched != null
                    && (!stillVouched(account, kept)
                            || vouched.at().plus(Providers.VOUCHED).isBefore(clock.instant()))) {
                return Optional.empty();
            }
        }
        return asker;
    }

    /// Whether who came by a provider may still come by it as what they are.
    private boolean stillVouched(Account account, People.Kept kept) {
        People.Vouched vouched = kept.vouched();
        return vouched == null || providers.letsIn(vouched.provider(), kept.role(), account.client());
    }

    public static Refused tooOften() {
        return new Refused(429, "Too often", "Too many wrong passwords; wait a minute.").header("Retry-After", "60");
    }

    /// The cookie by which somebody says that they are signed in; null where they show who they are
    /// otherwise, or not at all.
    private static @Nullable String session(Context context) {
        return context.header("Authorization") == null ? context.cookie(cookie(context)) : null;
    }

    /// Whether a page asks by itself, to follow what changes, with nobody at it.
    private static boolean byItself(Context context) {
        String accepts = context.header("Accept");
        return context.header("X-Refresh") != null || accepts != null && accepts.contains("text/event-stream");
    }

    /// Whether a page's script asks: by a session, be it over, or as browsers say of what a script fetches.
    static boolean isOfPage(Context context) {
        String mode = context.header("Sec-Fetch-Mode");
        return session(context) != null || mode != null && !mode.equals("navigate");
    }

    /// Who is signed in by a session; null for everybody else.
    @Nullable
    Person signedIn(Context context) throws IOException {
        String cookie = session(context);
        People.Entered entered = cookie == null ? null : people.entered(cookie, clock.instant(), !byItself(context));
        Account account = entered == null ? null : accounts.account(entered.account());
        People.Kept kept = entered == null ? null : people.of(entered.account());
        return entered == null || account == null || kept == null || !stillVouched(account, kept)
                ? null
                : new Person(account, kept.role(), entered.session(), true, true, null);
    }

    /// Null for a stranger.
    public @Nullable Person person(Context context) throws IOException, Refused, InterruptedException {
        if (session(context) != null) {
            return signedIn(context);
        }
        Asker asker = shown(context).orElse(null);
        if (asker == null) {
            return null;
        }
        People.Kept kept = people.of(asker.account().name());
        if (kept == null) {
            throw new Refused(403, "No role", "This account has no role here; an administrator can give it one.");
        }
        return new Person(asker.account(), kept.role(), null, asker.read(), asker.write(), asker.only());
    }
}
