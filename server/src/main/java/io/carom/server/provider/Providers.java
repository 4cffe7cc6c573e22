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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The providers of identities that a home takes people from. None of them has to answer for a
/// server to start, nor for anybody to sign in who has an account here. For any number of threads.
public final class Providers implements AutoCloseable {
    /// How long somebody may take at the provider.
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /// A token of somebody whom the provider has not vouched for so long rests until it does.
    public static final Duration VOUCHED = Duration.ofDays(30);
    /// A browser takes no larger cookie.
    private static final int LONGEST_NEXT = 1_000;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final @Nullable URI address;
    private final List<Protocol> all;
    private final Vault vault;
    private final InstantSource clock;

    private Providers(@Nullable URI address, List<Protocol> all, Vault vault, InstantSource clock) {
        this.address = address;
        this.all = List.copyOf(all);
        this.vault = vault;
        this.clock = clock;
    }

    /// @throws ConfigException with all that is wrong with `sign-in.yaml`
    public static Providers open(Path home, InstantSource clock) throws IOException, ConfigException {
        List<Protocol> all = new ArrayList<>();
        SignInFile file = SignInFile.read(home);
        Vault vault = Vault.open(home);
        for (Provider provider : file.providers()) {
            all.add(
                    switch (provider) {
                        case OidcSettings settings -> new Oidc(settings, clock);
                        case SamlSettings settings ->
                            new Saml(settings, SamlKey.of(home, vault, clock.instant()), clock);
                    });
        }
        return new Providers(file.address(), all, vault, clock);
    }

    /// As browsers have this server, as `sign-in.yaml` says it; null where it does not.
    public @Nullable URI address() {
        return address;
    }

    /// @param roles what its people can be, in words
    public record Listed(String name, String label, String kind, String issuer, List<String> roles) {}

    public List<Listed> list() {
        return all.stream()
                .map(one -> new Listed(
                        one.settings().name(),
                        one.settings().label(),
                        one.kind(),
                        one.settings().issuer(),
                        one.settings().admission().rules().stream()
                                .map(Admission.Rule::grant)
                                .map(g -> g.role().label() + (g.client() == null ? "" : " of " + g.client()))
                                .distinct()
                                .toList()))
                .toList();
    }

    private @Nullable Protocol named(String name) {
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
        Protocol provider = named(name);
        return provider == null ? name : provider.settings().label();
    }

    /// Whether a provider still lets anybody in as that. What was taken out of `sign-in.yaml` ends
    /// at the next start, for who is signed in too.
    public boolean letsIn(String name, Role role, @Nullable String client) {
        Protocol provider = named(name);
        return provider != null && provider.settings().admission().grants(role, client);
    }

    /// Whether a provider's answer comes by a form of its own page.
    public boolean posts(String name) {
        Protocol provider = named(name);
        return provider != null && provider.posts();
    }

    /// What a provider reads of this server, as XML; null where there is none, or it reads nothing.
    public @Nullable String metadata(String name) {
        Protocol provider = named(name);
        return provider == null ? null : provider.metadata();
    }

    /// A sign-in that begins.
    ///
    /// @param to where the browser is sent
    /// @param kept what it keeps until it comes back
    public record Begun(URI to, String kept) {}

    /// @throws IllegalArgumentException if there is no such provider
    public Begun begin(String name, String next) throws ProviderDown, InterruptedException {
        Protocol provider = existing(name);
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
    /// @param once the state of what was begun; null, as `pending` is, where nobody asked
    public record Returned(
            String provider,
            @Nullable Once once,
            String next,
            @Nullable Pending pending,
            Answer answer) {}

    /// @param kept what the browser kept
    /// @param answer that it brings
    /// @throws IllegalArgumentException if there is no such provider
    public Returned back(String name, @Nullable String kept, Answer answer) throws NotAdmitted {
        Pending pending = Pending.opened(vault, kept, clock.instant());
        String fault = null;
        if (pending == null) {
            fault = "this browser began no sign-in, or more than " + PATIENCE.toMinutes() + " minutes ago";
        } else if (!pending.provider().equals(name)) {
            fault = "the sign-in was begun at \"" + pending.provider() + "\"";
        } else if (!MessageDigest.isEqual(
                pending.state().getBytes(StandardCharsets.UTF_8), answer.state().getBytes(StandardCharsets.UTF_8))) {
            fault = "the answer is of another sign-in: its state is not the one that was sent";
        }
        if (pending == null || fault != null) {
            if (!existing(name).takesUnasked()) {
                throw NotAdmitted.wrong(String.valueOf(fault));
            }
            return new Returned(name, null, "/", null, answer);
        }
        return new Returned(
                name, new Once("sign-in " + pending.state(), pending.until()), pending.next(), pending, answer);
    }

    /// Who it is that came back.
    public Arrived arrived(Returned returned) throws NotAdmitted, ProviderDown, InterruptedException {
        return existing(returned.provider()).arrived(returned.pending(), returned.answer());
    }

    /// Whether there is a place at the provider where somebody ends their session there too.
    public boolean hasLeaving(String name) {
        Protocol provider = named(name);
        return provider != null && provider.hasLeaving();
    }

    /// That place; null if there is none.
    ///
    /// @param token that the provider gave them; empty for none
    public @Nullable URI leaving(String name, String token) {
        Protocol provider = named(name);
        return provider == null
                ? null
                : provider.leaving(provider.settings().back().resolve("/sign-in"), token);
    }

    /// Whose sessions a provider says are over.
    ///
    /// @param said as it is sent: a token, or a browser's query
    /// @throws IllegalArgumentException if there is no such provider
    public LoggedOut loggedOut(String name, String said) throws NotAdmitted, ProviderDown, InterruptedException {
        return existing(name).loggedOut(said);
    }

    private Protocol existing(String name) {
        Protocol provider = named(name);
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
        all.forEach(Protocol::close);
    }
}
