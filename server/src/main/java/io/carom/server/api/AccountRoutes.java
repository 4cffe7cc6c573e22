package io.carom.server.api;

import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.Authenticator;
import io.carom.server.account.KeptPasskey;
import io.carom.server.account.PasswordRule;
import io.carom.server.account.People;
import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.account.Totp;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Gate;
import io.carom.server.http.Identity;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.server.passkey.Passkeys;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Accounts, as administrators have them, and what each person sets for themselves.
final class AccountRoutes {
    private static final Duration INVITED = Duration.ofDays(3);
    private static final int MOST_DAYS = 365;
    private static final int LABEL = 60;
    private static final List<String> SCOPES = List.of("read", "write", "read,write", "blocklist");

    private final Desk desk;
    private final Authenticator authenticator;
    /// Seeds that were shown and not proven yet, by account.
    private final ConcurrentMap<String, String> shown = new ConcurrentHashMap<>();

    AccountRoutes(Desk desk, Authenticator authenticator) {
        this.desk = desk;
        this.authenticator = authenticator;
    }

    List<Route> routes() {
        return List.of(
                Given.get("accounts", Role.ADMINISTRATORS, ApiDoc.of("All accounts", "Accounts"), (c, p) -> all(desk)),
                Given.post(
                        "accounts",
                        Role.ADMINISTRATORS,
                        ApiDoc.of(
                                        "Makes an account of a person, or changes its role, and a link to choose a password",
                                        "Invited")
                                .takes("AccountText"),
                        this::put),
                Given.delete(
                        "accounts/{account}",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("Takes an account away with all that it could show", "Accounts"),
                        this::remove),
                Given.post(
                        "accounts/{account}/link",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("A link, good once, by which somebody chooses a new password", "Invited")
                                .takes("Nothing"),
                        (c, p) -> {
                            String name = known(c);
                            People.Kept kept = desk.people().of(name);
                            if (kept != null && kept.vouched() != null) {
                                throw Refused.notUnderstood(
                                        "This account signs in by its provider, and has no password here.");
                            }
                            return invited(c, name);
                        }),
                Given.get(
                        "accounts/{account}/tokens",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("An account's tokens, without what would show them", "Tokens"),
                        (c, p) -> tokens(desk, known(c))),
                Given.delete(
                        "accounts/{account}/tokens/{token}",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("Revokes one of an account's tokens", "Tokens"),
                        (c, p) -> revoke(c, known(c))),
                Given.post(
                        "me/password",
                        Role.ANYBODY,
                        ApiDoc.of("Changes one's own password; all other sessions end", "PasswordChanged")
                                .takes("PasswordText"),
                        this::password),
                Given.get(
                        "me/tokens",
                        Role.ANYBODY,
                        ApiDoc.of("One's own tokens, without what would show them", "Tokens"),
                        (c, p) -> tokens(desk, p.name())),
                Given.delete(
                        "me/tokens/{token}",
                        Role.ANYBODY,
                        ApiDoc.of("Revokes one of one's own tokens; in a browser's session only", "Tokens"),
                        (c, p) -> {
                            inSession(p);
                            return revoke(c, p.name());
                        }),
                Given.post(
                        "me/tokens",
                        Role.ANYBODY,
                        ApiDoc.of(
                                        "Makes a token for oneself; it is shown this once; in a browser's session only",
                                        "Token")
                                .takes("TokenText"),
                        this::token),
                Given.post(
                        "me/one-time-passwords",
                        Role.ANYBODY,
                        ApiDoc.of("Begins, proves or ends one-time passwords; in a browser's session only", "OneTime")
                                .takes("OneTimeText"),
                        this::oneTime),
                Given.get(
                        "me/passkeys",
                        Role.ANYBODY,
                        ApiDoc.of("One's own passkeys", "Passkeys"),
                        (c, p) -> passkeys(desk, p, null)),
                Given.post(
                        "me/passkeys",
                        Role.ANYBODY,
                        ApiDoc.of(
                                        "Begins to make a passkey, or keeps the one that was made; in a browser's session only",
                                        "Passkeys")
                                .takes("PasskeyText"),
                        this::passkey),
                Given.delete(
                        "me/passkeys/{passkey}",
                        Role.ANYBODY,
                        ApiDoc.of("Takes one of one's own passkeys away; in a browser's session only", "Passkeys"),
                        (c, p) -> {
                            inSession(p);
                            if (!desk.people().removePasskey(p.name(), c.pathParam("passkey"))) {
                                throw Refused.notThere();
                            }
                            return passkeys(desk, p, null);
                        }));
    }

    static ObjectNode passkeys(Desk desk, Person person, @Nullable ObjectNode options) throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        out.put("possible", desk.passkeys().on() && !vouched(desk, person.name()));
        out.set("options", options == null ? Desk.JSON.nullNode() : options);
        var into = out.putArray("passkeys");
        for (KeptPasskey one : desk.people().passkeys(person.name())) {
            into.addObject()
                    .put("id", one.id())
                    .put("label", one.label())
                    .put("made", one.made().toString());
        }
        return out;
    }

    private static boolean vouched(Desk desk, String account) throws IOException {
        People.Kept kept = desk.people().of(account);
        return kept != null && kept.vouched() != null;
    }

    private ObjectNode passkey(Context c, Person person) throws IOException, Refused {
        inSession(person);
        Body body = Body.of(c);
        if (vouched(desk, person.name())) {
            throw Refused.notUnderstood("You sign in by a provider, which asks for your second proof.");
        }
        if (!desk.passkeys().on()) {
            throw Refused.notUnderstood(
                    "Passkeys are for a server with a name: sign-in.yaml has to say at which address browsers have it.");
        }
        try {
            String credential = body.optional("credential", 20_000);
            if (credential.isEmpty()) {
                return passkeys(desk, person, desk.passkeys().creating(person.name()));
            }
            desk.passkeys().create(person.name(), body.optional("label", 200), credential);
            Gate.about(c, "a passkey is kept", null);
            return passkeys(desk, person, null);
        } catch (Passkeys.Wrong e) {
            throw Refused.notUnderstood("That passkey was not kept: " + e.getMessage() + ".");
        }
    }

    /// What others could come by as the one who asks is made by who is signed in: a token that was stolen
    /// makes no other, and takes no second proof away.
    private static void inSession(Person person) throws Refused {
        if (person.session() == null) {
            throw new Refused(
                    403, "Not by this", "That is done by who is signed in with a browser, on the page Settings.");
        }
    }

    static ObjectNode tokens(Desk desk, String account) throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        var into = out.putArray("tokens");
        for (Accounts.Token one : desk.accounts().tokens(account)) {
            Instant expires = one.expires();
            Instant used = one.used();
            into.addObject()
                    .put("id", one.id())
                    .put("label", one.label())
                    .put("scope", one.scope())
                    .put("made", one.made().toString())
                    .put("expires", expires == null ? null : expires.toString())
                    .put("used", used == null ? null : used.toString());
        }
        return out;
    }

    private ObjectNode revoke(Context c, String account) throws IOException, Refused {
        Accounts.Token was = Given.there(desk.accounts().revoke(account, c.pathParam("token")));
        Account of = desk.accounts().account(account);
        Gate.about(
                c,
                "revoked a token of " + account + " for " + was.scope()
                        + (was.label().isEmpty() ? "" : ", \"" + was.label() + "\""),
                of == null ? null : of.client());
        return tokens(desk, account);
    }

    /// Whoever is at a session that was left open does not get to keep the account: the old password is
    /// asked for.
    private ObjectNode password(Context c, Person person) throws IOException, Refused, InterruptedException {
        inSession(person);
        Body body = Body.of(c);
        String name = person.name();
        if (vouched(desk, name)) {
            throw Refused.notUnderstood("You sign in by a provider, and have no password here.");
        }
        String old = body.text("old", PasswordRule.LONGEST);
        String password = body.text("password", PasswordRule.LONGEST);
        if (body.has("again") && !password.equals(body.optional("again", PasswordRule.LONGEST))) {
            throw Refused.notUnderstood("The two are not the same.");
        }
        String fault = PasswordRule.fault(name, password);
        if (fault != null) {
            throw Refused.notUnderstood(fault);
        }
        if (password.equals(old)) {
            throw Refused.notUnderstood("That is the password that you have.");
        }
        try {
            if (authenticator.password(name, old, c.req().getRemoteAddr()).isEmpty()) {
                throw new Refused(403, "Not your password", "The password that you have now is another one.");
            }
        } catch (Authenticator.TooOften e) {
            throw new Refused(429, "Too often", "Too many wrong passwords; wait a minute.").header("Retry-After", "60");
        }
        Person.Session session = person.session();
        String own = session == null ? null : session.id();
        int ended = desk.people().leaveOthers(name, own);
        desk.accounts().password(name, password, own);
        Gate.about(c, "another password; other sessions that ended: " + ended, null);
        return Desk.JSON.createObjectNode().put("sessions_ended", ended);
    }

    static ObjectNode all(Desk desk) throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        var into = out.putArray("accounts");
        for (Accounts.Listed listed : desk.accounts().list()) {
            People.Kept kept = desk.people().of(listed.account().name());
            ObjectNode one = into.addObject();
            one.put("name", listed.account().name())
                    .put("client", listed.account().client())
                    .put("role", kept == null ? null : kept.role().label())
                    .put("break_glass", kept != null && kept.breakGlass())
                    .put("one_time_passwords", kept != null && kept.totp())
                    .put("passkeys", kept == null ? 0 : kept.passkeys())
                    .put("password", listed.password())
                    .put(
                            "provider",
                            kept == null || kept.vouched() == null
                                    ? null
                                    : kept.vouched().provider());
            listed.tokens().forEach(one.putArray("tokens")::add);
            listed.certificates().forEach(one.putArray("certificates")::add);
        }
        return out;
    }

    private String known(Context c) throws IOException, Refused {
        String name = c.pathParam("account");
        if (desk.accounts().account(name) == null) {
            throw Refused.notThere();
        }
        return name;
    }

    private ObjectNode invited(Context c, String name) throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        String host = Objects.requireNonNullElse(c.header("Host"), "localhost");
        out.put("name", name)
                .put(
                        "link",
                        (c.req().isSecure() ? "https://" : "http://") + host + "/welcome/"
                                + desk.people().once(name, INVITED, desk.now()))
                .put("until", desk.now().plus(INVITED).toString());
        return out;
    }

    private ObjectNode put(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        String name = body.text("name", 200);
        Role role = Role.labelled(body.text("role", 40));
        if (role == null) {
            throw Refused.notUnderstood(
                    "\"role\": expected administrator, analyst, auditor, client-analyst or client-reader.");
        }
        String client = body.optional("client", 200).strip();
        if (name.equals(person.name()) && role != Role.ADMINISTRATOR) {
            throw Refused.notUnderstood("You would no longer be an administrator; another one can do that.");
        }
        try {
            Account before = desk.accounts().account(name);
            Account account = new Account(
                    name,
                    client.isEmpty() ? null : client,
                    before == null ? null : before.circle(),
                    before != null && before.write() && !client.isEmpty());
            if (role.ofClient() != (account.client() != null)) {
                throw new IllegalArgumentException(
                        role.ofClient()
                                ? "a client's role needs a client"
                                : "this role is of nobody's client: leave the client out");
            }
            People.Kept kept = desk.people().of(name);
            if (kept != null && kept.vouched() != null) {
                throw new IllegalArgumentException("what \"" + name
                        + "\" may do is said by the provider that it signs in by, and by sign-in.yaml");
            }
            desk.accounts().put(account, desk.now());
            desk.people().put(account, role, body.flag("break_glass", false));
            if (before == null || !Objects.equals(before.client(), account.client())) {
                desk.view(person).forgetSearches(name);
            }
        } catch (IllegalArgumentException e) {
            throw Refused.notUnderstood(String.valueOf(e.getMessage()));
        }
        Gate.about(c, name + " is " + role.label(), client.isEmpty() ? null : client);
        return invited(c, name);
    }

    private ObjectNode remove(Context c, Person person) throws IOException, Refused {
        String name = known(c);
        if (name.equals(person.name())) {
            throw Refused.notUnderstood("You cannot take yourself away; another administrator can.");
        }
        desk.accounts().remove(name);
        // Whoever gets the name next is not who had it.
        desk.view(person).forgetSearches(name);
        return all(desk);
    }

    private ObjectNode token(Context c, Person person) throws IOException, Refused {
        inSession(person);
        Body body = Body.of(c);
        String scope = body.optional("scope", 40).isEmpty() ? "read" : body.text("scope", 40);
        if (!SCOPES.contains(scope)) {
            throw Refused.notUnderstood("\"scope\": expected read, write, read,write or blocklist.");
        }
        String days = body.optional("days", 6).isEmpty() ? "90" : body.text("days", 6);
        if (!days.matches("[1-9][0-9]{0,3}") || Integer.parseInt(days) > MOST_DAYS) {
            throw Refused.notUnderstood("\"days\": expected a number from 1 to " + MOST_DAYS + ".");
        }
        String label = body.optional("label", LABEL).strip();
        Instant now = desk.now();
        Instant until = now.plus(Duration.ofDays(Integer.parseInt(days)));
        String token = desk.accounts()
                .token(
                        person.name(),
                        !scope.equals("write"),
                        scope.contains("write"),
                        scope.equals("blocklist") ? scope : null,
                        label,
                        until,
                        now);
        Gate.about(
                c, "a token for " + scope + " until " + until + (label.isEmpty() ? "" : ", \"" + label + "\""), null);
        return Desk.JSON
                .createObjectNode()
                .put("token", token)
                .put("scope", scope)
                .put("until", until.toString());
    }

    /// Counts a code before it is looked at, as a password is.
    private void tries(Context c, Person person) throws Refused {
        try {
            authenticator.tries(person.name(), c.req().getRemoteAddr());
        } catch (Authenticator.TooOften e) {
            throw Identity.tooOften();
        }
    }

    private ObjectNode oneTime(Context c, Person person) throws IOException, Refused {
        inSession(person);
        Body body = Body.of(c);
        String code = body.optional("code", 10).replace(" ", "");
        String name = person.name();
        if (vouched(desk, name)) {
            throw Refused.notUnderstood("You sign in by a provider, which asks for your second proof.");
        }
        ObjectNode out = Desk.JSON.createObjectNode();
        if (body.flag("end", false)) {
            tries(c, person);
            if (!desk.people().totp(name, code, desk.now())) {
                Gate.about(c, "a wrong one-time password", null);
                throw Refused.notUnderstood("To end one-time passwords, type one.");
            }
            authenticator.right(name, c.req().getRemoteAddr());
            desk.people().seed(name, null);
            Gate.about(c, "one-time passwords are off", null);
            return out.put("on", false).putNull("seed").putNull("address");
        }
        if (code.isEmpty()) {
            People.Kept kept = desk.people().of(name);
            if (kept != null && kept.totp()) {
                throw Refused.notUnderstood("One-time passwords are on already.");
            }
            String seed = Totp.seed();
            shown.put(name, seed);
            return out.put("on", false)
                    .put("seed", seed)
                    .put(
                            "address",
                            "otpauth://totp/Carom:" + name.replaceAll("[^A-Za-z0-9._@-]", "_") + "?secret=" + seed
                                    + "&issuer=Carom");
        }
        tries(c, person);
        String seed = shown.get(name);
        long step = seed == null ? -1 : Totp.step(seed, code, 0, desk.now());
        if (seed == null || step < 0) {
            Gate.about(c, "a wrong one-time password", null);
            throw Refused.notUnderstood(
                    "That one-time password is not of the seed that was shown; look at the clock of the device.");
        }
        authenticator.right(name, c.req().getRemoteAddr());
        desk.people().seed(name, seed, step);
        Gate.about(c, "one-time passwords are on", null);
        shown.remove(name);
        return out.put("on", true).putNull("seed").putNull("address");
    }
}
