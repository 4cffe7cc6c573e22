package io.carom.server.web;

import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.Authenticator;
import io.carom.server.account.PasswordRule;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.api.Desk;
import io.carom.server.audit.AuditEntry;
import io.carom.server.audit.AuditLog;
import io.carom.server.http.Identity;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.server.passkey.Passkeys;
import io.carom.server.provider.Providers;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HandlerType;
import io.javalin.http.SameSite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/// Coming in and going out.
public final class SignIn {
    /// Before the account of a code that signs in by itself; no account's name begins so.
    public static final String ENTER = "enter:";

    private static final int LONGEST = PasswordRule.LONGEST;
    private static final int LONGEST_ANSWER = 1 << 14;
    private static final int PASSKEY_SECONDS = 300;
    /// How long one may think about signing out at the provider too.
    private static final Duration LEAVING = Duration.ofMinutes(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Accounts accounts;
    private final People people;
    private final Authenticator authenticator;
    private final AuditLog audit;
    private final Providers providers;
    private final Passkeys passkeys;
    private final InstantSource clock;

    SignIn(Desk desk, Authenticator authenticator) {
        this.accounts = desk.accounts();
        this.people = desk.people();
        this.authenticator = authenticator;
        this.audit = desk.audit();
        this.providers = desk.providers();
        this.passkeys = desk.passkeys();
        this.clock = desk.clock();
    }

    List<Route> routes() {
        return List.of(
                Route.open(HandlerType.GET, "/sign-in", c -> form(c, next(c.queryParam("next")), "", "", false)),
                Route.open(HandlerType.POST, "/sign-in", this::enter),
                Route.open(HandlerType.POST, "/sign-in/passkey", this::byPasskey),
                Route.page(HandlerType.POST, "/sign-out", Role.ANYBODY, this::leave),
                Route.open(HandlerType.GET, "/welcome/{code}", this::welcome),
                Route.open(HandlerType.POST, "/welcome/{code}", this::choose),
                Route.open(HandlerType.GET, "/enter/{code}", this::come));
    }

    /// A place on this server; the start where another's is named.
    static String next(@Nullable String next) {
        return next != null && next.length() < 2000 && next.matches("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]*") ? next : "/";
    }

    private void form(Context context, String next, String name, String fault, boolean code) throws IOException {
        form(context, next, name, fault, code, null);
    }

    /// @param second whose passkey is asked for beside the password; null where one may come by itself
    private void form(Context context, String next, String name, String fault, boolean code, @Nullable String second)
            throws IOException {
        String out = context.queryParam("out");
        Map<String, Object> parameters = new HashMap<>(Map.of(
                "shell",
                Shell.stranger("Sign in"),
                "next",
                next,
                "name",
                name,
                "fault",
                fault,
                "code",
                code,
                "providers",
                providers.list()));
        if (passkeys.on()) {
            Passkeys.Asked asked = passkeys.asking(second, next.length() <= LONGEST ? next : "/");
            context.cookie(new Cookie(
                    Identity.cookie(context) + "-passkey",
                    asked.kept(),
                    "/",
                    PASSKEY_SECONDS,
                    context.req().isSecure(),
                    true,
                    null,
                    SameSite.STRICT));
            parameters.put("passkey", asked.options());
            parameters.put("second", second != null);
        }
        if (out != null && providers.hasLeaving(out)) {
            parameters.put("left", providers.label(out));
            parameters.put("leaving", "/sign-out/at/" + out);
        }
        Templates.give(context, "signin", parameters);
    }

    private static String sent(Context context, String name) {
        String value = context.formParam(name);
        return value == null || value.length() > LONGEST ? "" : value;
    }

    private static String from(Context context) {
        return context.req().getRemoteAddr();
    }

    /// Who sends a form from another's page is not signed in as somebody without knowing it.
    private static void own(Context context) throws Refused {
        String site = context.header("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new Refused(403, "From elsewhere", "Sign in from this server's own page.");
        }
    }

    private void enter(Context context) throws Exception {
        own(context);
        String name = sent(context, "name").strip();
        String password = sent(context, "password");
        String next = next(context.formParam("next"));
        boolean right;
        try {
            right = authenticator.password(name, password, from(context)).isPresent();
        } catch (Authenticator.TooOften e) {
            tooOften(context, name, next);
            return;
        }
        People.Kept kept = right ? people.of(name) : null;
        if (kept == null) {
            audit.add(entry(context, name, "", "refused", "sign-in", 401), clock.instant());
            context.status(401);
            form(context, next, name, "That name and password do not go together.", false);
            return;
        }
        String code = sent(context, "code").replace(" ", "");
        if (kept.passkeys() > 0 && (code.isEmpty() || !kept.totp())) {
            context.status(401);
            form(
                    context,
                    next,
                    name,
                    passkeys.on()
                            ? "Now your passkey"
                                    + (kept.totp() ? ", or a one-time password with your password once more." : ".")
                            : "This account has a passkey, and sign-in.yaml no longer says for which address.",
                    kept.totp(),
                    name);
            return;
        }
        boolean proven = !kept.totp();
        if (!proven && !code.isEmpty()) {
            try {
                authenticator.tries(name, from(context));
            } catch (Authenticator.TooOften e) {
                tooOften(context, name, next);
                return;
            }
            proven = people.totp(name, code, clock.instant());
            if (proven) {
                authenticator.right(name, from(context));
            }
        }
        if (!proven) {
            if (!code.isEmpty()) {
                audit.add(
                        entry(context, name, kept.role().label(), "refused", "sign-in: one-time password", 401),
                        clock.instant());
            }
            context.status(401);
            form(
                    context,
                    next,
                    name,
                    code.isEmpty()
                            ? "Now the one-time password of your authenticator, with your password once more."
                            : "That one-time password is wrong or was used already.",
                    true);
            return;
        }
        open(context, kept, next);
    }

    private void tooOften(Context context, String name, String next) throws IOException {
        audit.add(entry(context, name, "", "refused", "sign-in: too many wrong passwords", 429), clock.instant());
        context.status(429).header("Retry-After", "60");
        form(context, next, name, "Too many wrong passwords of late. Wait a minute and try again.", false);
    }

    /// A device answered.
    private void byPasskey(Context context) throws Exception {
        own(context);
        String keep = context.cookie(Identity.cookie(context) + "-passkey");
        String type = String.valueOf(context.contentType());
        if (!passkeys.on() || !type.startsWith("application/json")) {
            throw Refused.notThere();
        }
        byte[] body;
        try (InputStream in = context.req().getInputStream()) {
            body = in.readNBytes(LONGEST_ANSWER + 1);
        }
        try {
            if (body.length > LONGEST_ANSWER) {
                throw new Refused(413, "Too much", "No passkey's answer is as long.");
            }
            Passkeys.Answered answered = passkeys.answered(keep, new String(body, StandardCharsets.UTF_8));
            People.Kept kept = people.of(answered.account());
            if (kept == null || kept.vouched() != null) {
                throw new Refused(401, "Not signed in", "That passkey lets nobody in.");
            }
            String glass = kept.breakGlass() ? " with the break-glass account" : "";
            String next = next(answered.next());
            begin(context, kept, "sign-in" + glass + (answered.alone() ? " by passkey" : " by password and passkey"));
            context.contentType("application/json").result("{\"next\":" + JSON.writeValueAsString(next) + "}");
        } catch (Passkeys.Wrong e) {
            audit.add(entry(context, "", "", "refused", "sign-in by passkey: " + e.getMessage(), 401), clock.instant());
            throw new Refused(401, "Not signed in", "That passkey did not let you in. Load the page and try again.");
        }
    }

    private void open(Context context, People.Kept kept, String next) throws IOException {
        open(context, kept, next, kept.breakGlass() ? "sign-in with the break-glass account" : "sign-in");
    }

    /// @param how for the audit log
    Person.Session open(Context context, People.Kept kept, String next, String how) throws IOException {
        Person.Session session = begin(context, kept, how);
        context.status(303).header("Location", next).result("");
        return session;
    }

    private Person.Session begin(Context context, People.Kept kept, String how) throws IOException {
        Person.Session session = people.enter(kept.account(), from(context), clock.instant());
        audit.add(entry(context, kept.account(), kept.role().label(), "sign-in", how, 200), clock.instant());
        cookie(context, session.id(), -1);
        return session;
    }

    private static void cookie(Context context, String value, int age) {
        context.cookie(new Cookie(
                Identity.cookie(context), value, "/", age, context.req().isSecure(), true, null, SameSite.LAX));
    }

    private void leave(Context context, Person person) throws IOException {
        Person.Session session = person.session();
        String there = session == null ? null : people.leaveFor(session.id(), LEAVING, clock.instant());
        if (there != null) {
            context.cookie(new Cookie(
                    leaving(context),
                    there,
                    "/",
                    (int) LEAVING.toSeconds(),
                    context.req().isSecure(),
                    true,
                    null,
                    SameSite.LAX));
        }
        cookie(context, "", 0);
        // Who came by a provider is still signed in there, and is told how to end that too.
        People.Kept kept = people.of(person.name());
        People.Vouched vouched = kept == null ? null : kept.vouched();
        context.status(303)
                .header("Location", vouched == null ? "/sign-in" : "/sign-in?out=" + vouched.provider())
                .result("");
    }

    /// The cookie of somebody who was signed out here and not there.
    static String leaving(Context context) {
        return Identity.cookie(context) + "-leaving";
    }

    // ---- links that are good once

    private String invited(Context context) throws IOException, Refused {
        String account = people.invited(context.pathParam("code"), clock.instant());
        // The first administrator's is for a home that has none, however another came to be.
        if (account == null || account.startsWith(ENTER) || account.isEmpty() && people.hasAdministrator()) {
            throw new Refused(404, "This link is used up", "It was used, or its time is over. Ask for another one.");
        }
        return account;
    }

    private void come(Context context) throws IOException, Refused {
        String code = context.pathParam("code");
        String invited = people.invited(code, clock.instant());
        People.Kept kept =
                invited == null || !invited.startsWith(ENTER) ? null : people.of(invited.substring(ENTER.length()));
        if (kept == null || !people.take(code, clock.instant())) {
            throw new Refused(404, "This link is used up", "It was used, or its time is over.");
        }
        open(context, kept, "/");
    }

    private void welcome(Context context) throws IOException, Refused {
        welcome(context, invited(context), "");
    }

    private static void welcome(Context context, String account, String fault) {
        Templates.give(
                context,
                "welcome",
                Map.of(
                        "shell",
                        Shell.stranger("Welcome"),
                        "code",
                        context.pathParam("code"),
                        "account",
                        account,
                        "fault",
                        fault));
    }

    private void choose(Context context) throws Exception {
        own(context);
        String invited = invited(context);
        String password = sent(context, "password");
        String name = invited.isEmpty() ? sent(context, "name").strip() : invited;
        String fault = fault(invited, name, password, sent(context, "again"));
        if (fault != null) {
            context.status(400);
            welcome(context, invited, fault);
            return;
        }
        if (!people.take(context.pathParam("code"), clock.instant())) {
            throw new Refused(404, "This link is used up", "Somebody else has just used it. Ask for another one.");
        }
        if (invited.isEmpty()) {
            Account account = new Account(name, null, null, false);
            accounts.put(account, clock.instant());
            people.put(account, Role.ADMINISTRATOR, false);
        }
        accounts.password(name, password);
        people.leaveEverywhere(name);
        open(context, Objects.requireNonNull(people.of(name)), "/");
    }

    private @Nullable String fault(String invited, String name, String password, String again) throws IOException {
        if (invited.isEmpty()) {
            if (accounts.account(name) != null) {
                return "There is an account of that name already; choose another.";
            }
            try {
                new Account(name, null, null, false);
            } catch (IllegalArgumentException e) {
                return "A name has no space and no colon.";
            }
        }
        String weak = PasswordRule.fault(name, password);
        return weak != null ? weak : password.equals(again) ? null : "The two are not the same.";
    }

    private static AuditEntry entry(Context context, String name, String role, String did, String what, int status) {
        return new AuditEntry(name, role, from(context), did, what, null, status);
    }
}
