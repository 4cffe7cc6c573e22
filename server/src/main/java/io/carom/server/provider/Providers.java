package io.carom.server.provider;

import io.carom.config.ConfigException;
import io.carom.server.account.Role;
import io.carom.server.account.Vault;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The providers of identities that a home takes people from. None of them has to answer for a server to
/// start, nor for anybody to sign in who has an account here. For any number of threads.
public final class Providers implements AutoCloseable {
    /// How long somebody may take at the provider.
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /// A token of somebody whom the provider has not vouched for so long rests until it does.
    public static final Duration VOUCHED = Duration.ofDays(30);
    /// A browser takes no larger cookie.
    private static final int LONGEST_NEXT = 1_000;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final @Nullable URI address;
    private final List<Oidc> all;
    private final Vault vault;
    private final InstantSource clock;

    private Providers(@Nullable URI address, List<Oidc> all, Vault vault, InstantSource clock) {
        this.address = address;
        this.all = List.copyOf(all);
        this.vault = vault;
        this.clock = clock;
    }

    /// @throws ConfigException with all that is wrong with `sign-in.yaml`
    public static Providers open(Path home, InstantSource clock) throws IOException, ConfigException {
        List<Oidc> all = new ArrayList<>();
        SignInFile file = SignInFile.read(home);
        for (Provider provider : file.providers()) {
            switch (provider) {
                case OidcSettings settings -> all.add(new Oidc(settings, clock));
            }
        }
        return new Providers(file.address(), all, Vault.open(home), clock);
    }

    /// As browsers have this server, as `sign-in.yaml` says it; null where it does not.
    public @Nullable URI address() {
        return address;
    }

    /// @param roles what its people can be, in words
    public record Listed(String name, String label, String kind, String issuer, List<String> roles) {}

    public List<Listed> list() {
        return all.stream()
                .map(Oidc::settings)
                .map(s -> new Listed(
                        s.name(),
                        s.label(),
                        "OpenID Connect",
                        s.issuer(),
                        s.admission().rules().stream()
                                .map(Admission.Rule::grant)
                                .map(g -> g.role().label() + (g.client() == null ? "" : " of " + g.client()))
                                .distinct()
                                .toList()))
                .toList();
    }

    private @Nullable Oidc named(String name) {
        return all.stream()
                .filter(one -> one.settings().name().equals(name))
                .findFirst()
                .orElse(null);
    }

    public boolean knows(String name) {
        return named(name) != null;
    }

    /// What is on the button of a provider.
    public String label(String name) {
        Oidc provider = named(name);
        return provider == null ? name : provider.settings().label();
    }

    /// Whether a provider still lets anybody in as that. What was taken out of `sign-in.yaml` ends at the
    /// next start, for who is signed in too.
    public boolean letsIn(String name, Role role, @Nullable String client) {
        Oidc provider = named(name);
        return provider != null && provider.settings().admission().grants(role, client);
    }

    /// A sign-in that begins.
    ///
    /// @param to where the browser is sent
    /// @param kept what it keeps until it comes back
    public record Begun(URI to, String kept) {}

    /// @throws IllegalArgumentException if there is no such provider
    public Begun begin(String name, String next) throws ProviderDown, InterruptedException {
        Oidc provider = existing(name);
        Pending pending = new Pending(
                name,
                random(),
                random(),
                random(),
                next.length() <= LONGEST_NEXT ? next : "/",
                clock.instant().plus(PATIENCE));
        return new Begun(provider.leading(pending), pending.sealed(vault));
    }

    /// A sign-in of which the browser came back, and brought what fits what it keeps.
    ///
    /// @param id what is good once
    public record Returned(String provider, String id, Instant until, String next, Pending pending) {}

    /// @param kept what the browser kept
    /// @param state that it brings
    public Returned back(String name, @Nullable String kept, String state) throws NotAdmitted {
        Pending pending = Pending.opened(vault, kept, clock.instant());
        if (pending == null) {
            throw NotAdmitted.wrong(
                    "this browser began no sign-in, or more than " + PATIENCE.toMinutes() + " minutes ago");
        }
        if (!pending.provider().equals(name)) {
            throw NotAdmitted.wrong("the sign-in was begun at \"" + pending.provider() + "\"");
        }
        if (!MessageDigest.isEqual(
                pending.state().getBytes(StandardCharsets.UTF_8), state.getBytes(StandardCharsets.UTF_8))) {
            throw NotAdmitted.wrong("the answer is of another sign-in: its state is not the one that was sent");
        }
        return new Returned(name, pending.state(), pending.until(), pending.next(), pending);
    }

    /// Who it is that came back.
    public Arrived arrived(Returned returned, String code, @Nullable String issuer)
            throws NotAdmitted, ProviderDown, InterruptedException {
        return existing(returned.provider()).arrived(returned.pending(), code, issuer);
    }

    /// Whether there is a place at the provider where somebody ends their session there too.
    public boolean hasLeaving(String name) {
        Oidc provider = named(name);
        return provider != null && provider.hasLeaving();
    }

    /// That place; null if there is none.
    ///
    /// @param token that the provider gave them; empty for none
    public @Nullable URI leaving(String name, String token) {
        Oidc provider = named(name);
        return provider == null
                ? null
                : provider.leaving(provider.settings().back().resolve("/sign-in"), token);
    }

    /// What the provider says by a logout token.
    ///
    /// @throws IllegalArgumentException if there is no such provider
    public LoggedOut loggedOut(String name, String token) throws NotAdmitted, ProviderDown, InterruptedException {
        return existing(name).loggedOut(token);
    }

    private Oidc existing(String name) {
        Oidc provider = named(name);
        if (provider == null) {
            throw new IllegalArgumentException("there is no provider \"" + name + "\"");
        }
        return provider;
    }

    /// 256 bits.
    private static String random() {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public void close() {
        all.forEach(Oidc::close);
    }
}
