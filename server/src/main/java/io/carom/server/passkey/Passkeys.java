package io.carom.server.passkey;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.util.exception.WebAuthnException;
import io.carom.server.account.KeptPasskey;
import io.carom.server.account.People;
import io.carom.server.account.Vault;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// WebAuthn Level 3: making passkeys and asking for them. A device signs for the name of this server that
/// its browser sees, so what another page asks for is worth nothing here; which name that is stands in
/// `sign-in.yaml`, for what a request says of itself may be another's. For any number of threads.
public final class Passkeys {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int MOST = 10;
    private static final int LONGEST = 60;
    private static final String USE = "passkey";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.RS256);

    private final ObjectConverter converter = new ObjectConverter();
    private final AttestedCredentialDataConverter kept = new AttestedCredentialDataConverter(converter);
    /// Which make of device it is is not asked: people bring what they have.
    private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);

    private final People people;
    private final Vault vault;
    private final @Nullable URI address;
    private final InstantSource clock;
    /// Passkeys that are being made, by account.
    private final ConcurrentMap<String, Making> making = new ConcurrentHashMap<>();

    private record Making(byte[] challenge, String handle, Instant until) {}

    /// @param address as browsers have this server; null where that is not said
    public Passkeys(People people, Vault vault, @Nullable URI address, InstantSource clock) {
        this.people = people;
        this.vault = vault;
        // A device signs for a name, never for a number.
        this.address = address == null || address.getHost().matches("[0-9.]+|\\[.*") ? null : address;
        this.clock = clock;
    }

    /// Whether there can be passkeys here.
    public boolean on() {
        return address != null;
    }

    /// What a device answered is not as it must be. The message is for who runs the home.
    public static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message, null, false, false);
        }
    }

    private String host() {
        return Objects.requireNonNull(address).getHost();
    }

    private ServerProperty server(byte[] challenge) {
        return new ServerProperty(
                Origin.create(Objects.requireNonNull(address).toString()), host(), new DefaultChallenge(challenge));
    }

    private static byte[] random() {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return random;
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(String text) throws Wrong {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Wrong("it is no base64url");
        }
    }

    // ---- making one

    /// What a browser is asked to make a passkey by.
    public ObjectNode creating(String account) throws IOException, Wrong {
        List<KeptPasskey> have = people.passkeys(account);
        if (have.size() >= MOST) {
            throw new Wrong("an account has " + MOST + " passkeys at most");
        }
        Instant now = clock.instant();
        making.values().removeIf(one -> one.until.isBefore(now));
        Making made = new Making(
                random(), have.isEmpty() ? text(random()) : have.getFirst().handle(), now.plus(PATIENCE));
        making.put(account, made);
        ObjectNode out = JSON.createObjectNode();
        out.put("challenge", text(made.challenge)).put("attestation", "none").put("timeout", PATIENCE.toMillis());
        out.putObject("rp").put("id", host()).put("name", "Carom");
        out.putObject("user").put("id", made.handle).put("name", account).put("displayName", account);
        ArrayNode algorithms = out.putArray("pubKeyCredParams");
        ALGORITHMS.forEach(
                one -> algorithms.addObject().put("type", "public-key").put("alg", one.getValue()));
        listed(out.putArray("excludeCredentials"), have);
        out.putObject("authenticatorSelection").put("residentKey", "preferred").put("userVerification", "preferred");
        return out;
    }

    private static void listed(ArrayNode into, List<KeptPasskey> all) {
        all.forEach(one -> into.addObject().put("type", "public-key").put("id", one.credential()));
    }

    /// Keeps what the browser made.
    ///
    /// @param answer a RegistrationResponseJSON
    public void create(String account, String label, String answer) throws IOException, Wrong {
        Making asked = making.remove(account);
        if (asked == null || asked.until.isBefore(clock.instant())) {
            throw new Wrong("none was being made, or that took more than " + PATIENCE.toMinutes() + " minutes");
        }
        RegistrationData made;
        try {
            made = manager.verifyRegistrationResponseJSON(
                    answer,
                    new RegistrationParameters(
                            server(asked.challenge),
                            ALGORITHMS.stream()
                                    .map(one ->
                                            new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, one))
                                    .toList(),
                            false,
                            true));
        } catch (WebAuthnException | JacksonException | IllegalArgumentException | NullPointerException e) {
            // The last where the library misses what it needs in what a stranger sent.
            throw new Wrong(said(e));
        }
        AuthenticatorData<?> data =
                Objects.requireNonNull(made.getAttestationObject()).getAuthenticatorData();
        AttestedCredentialData credential = Objects.requireNonNull(data.getAttestedCredentialData());
        String named = label.isBlank() ? "passkey" : label.strip();
        if (!people.addPasskey(
                account,
                new KeptPasskey(
                        text(credential.getCredentialId()),
                        asked.handle,
                        text(kept.convert(credential)),
                        data.getSignCount(),
                        named.length() <= LONGEST ? named : named.substring(0, LONGEST),
                        data.isFlagUV(),
                        data.isFlagBE(),
                        data.isFlagBS(),
                        clock.instant()))) {
            throw new Wrong("that passkey is kept already");
        }
    }

    // ---- asking for one

    /// What a browser is asked, and what it keeps until it answers.
    ///
    /// @param options a PublicKeyCredentialRequestOptionsJSON
    public record Asked(String options, String kept) {}

    /// @param account whose passkey stands beside a password that was right; null where a passkey is to
    /// say by itself who it is
    public Asked asking(@Nullable String account, String next) throws IOException {
        byte[] challenge = random();
        ObjectNode out = JSON.createObjectNode();
        out.put("challenge", text(challenge)).put("rpId", host()).put("timeout", PATIENCE.toMillis());
        // By itself it has to be two things: the device, and that whoever holds it is its owner.
        out.put("userVerification", account == null ? "required" : "preferred");
        if (account != null) {
            listed(out.putArray("allowCredentials"), people.passkeys(account));
        }
        ObjectNode keep = JSON.createObjectNode()
                .put("challenge", text(challenge))
                .put("account", account)
                .put("next", next)
                .put("until", clock.instant().plus(PATIENCE).toEpochMilli());
        return new Asked(JSON.writeValueAsString(out), vault.sealed(JSON.writeValueAsString(keep), USE));
    }

    /// Who it is.
    ///
    /// @param alone whether the passkey said so by itself
    public record Answered(String account, boolean alone, String next) {}

    /// @param keep what the browser kept
    /// @param answer an AuthenticationResponseJSON
    public Answered answered(@Nullable String keep, String answer) throws IOException, Wrong {
        Instant now = clock.instant();
        JsonNode asked = opened(keep);
        Instant until = Instant.ofEpochMilli(asked.path("until").asLong(0));
        String challenge = asked.path("challenge").asString("");
        if (!now.isBefore(until)) {
            throw new Wrong("nothing was asked, or more than " + PATIENCE.toMinutes() + " minutes ago");
        }
        if (!people.use("passkey " + challenge, until, now)) {
            throw new Wrong("the same answer came before");
        }
        AuthenticationData given;
        try {
            given = manager.parseAuthenticationResponseJSON(answer);
        } catch (WebAuthnException | JacksonException | IllegalArgumentException | NullPointerException e) {
            // The last where the library misses what it needs in what a stranger sent.
            throw new Wrong(said(e));
        }
        String credential = text(given.getCredentialId());
        People.Owned owned = people.passkey(credential);
        String account = asked.path("account").asString("");
        if (owned == null || !account.isEmpty() && !owned.account().equals(account)) {
            throw new Wrong("nobody's passkey, or another's");
        }
        KeptPasskey passkey = owned.passkey();
        byte[] handle = given.getUserHandle();
        if (handle != null && !MessageDigest.isEqual(handle, bytes(passkey.handle()))) {
            throw new Wrong("the passkey is of another account's device");
        }
        checked(given, passkey, challenge, account.isEmpty());
        AuthenticatorData<?> data = Objects.requireNonNull(given.getAuthenticatorData());
        if (!people.usedPasskey(credential, passkey.count(), data.getSignCount(), data.isFlagBS(), now)) {
            throw new Wrong("it was used by another at the same moment");
        }
        return new Answered(
                owned.account(), account.isEmpty(), asked.path("next").asString("/"));
    }

    private void checked(AuthenticationData given, KeptPasskey passkey, String challenge, boolean alone) throws Wrong {
        try {
            CredentialRecordImpl known = new CredentialRecordImpl(
                    new NoneAttestationStatement(),
                    passkey.verified(),
                    passkey.movable(),
                    passkey.moved(),
                    passkey.count(),
                    kept.convert(bytes(passkey.data())),
                    null,
                    null,
                    null,
                    Set.of());
            manager.verify(given, new AuthenticationParameters(server(bytes(challenge)), known, null, alone, true));
        } catch (WebAuthnException | JacksonException | IllegalArgumentException | NullPointerException e) {
            // The last where the library misses what it needs in what a stranger sent.
            throw new Wrong(said(e));
        }
    }

    private static String said(RuntimeException e) {
        String message = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
        return e.getClass().getSimpleName() + ": " + message;
    }

    private JsonNode opened(@Nullable String keep) throws Wrong {
        try {
            return JSON.readTree(vault.opened(keep == null ? "" : keep, USE));
        } catch (IOException | JacksonException e) {
            throw new Wrong("this browser was asked for nothing");
        }
    }
}
