package io.carom.server.provider;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import io.carom.server.account.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the home's `sign-in.yaml` says: which providers of identities let whom in as what. See
/// docs/sign-in.md.
///
/// @param address as browsers have this server; null where it is not said
record SignInFile(@Nullable URI address, List<Provider> providers) {
    static final String NAME = "sign-in.yaml";
    static final SignInFile NONE = new SignInFile(null, List.of());

    private static final Pattern PROVIDER = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final Pattern CLIENT = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
    private static final Duration SKEW = Duration.ofSeconds(60);

    SignInFile {
        providers = List.copyOf(providers);
    }

    /// @throws ConfigException with every fault, each with line and column
    static SignInFile read(Path home) throws IOException, ConfigException {
        Path file = home.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        Faults faults = new Faults(file.toString());
        YamlNode root = YamlNode.parse(Files.readString(file), faults);
        SignInFile made = root == null ? NONE : new Reader(home).file(root);
        faults.throwIfAny();
        return made;
    }

    /// Over HTTPS, or on this machine.
    static boolean safe(URI address) {
        String host = address.getHost();
        if (host == null || address.getUserInfo() != null || address.getFragment() != null) {
            return false;
        }
        if ("https".equals(address.getScheme())) {
            return true;
        }
        try {
            return "http".equals(address.getScheme())
                    && (host.equals("localhost") || host.matches("[0-9.]+|\\[[0-9a-f:.]+]"))
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private record Reader(Path home) {
        SignInFile file(YamlNode root) throws IOException {
            Map<String, YamlNode> top = root.members(List.of("address", "providers"));
            YamlNode providers = top.get("providers");
            YamlNode addressNode = top.get("address");
            URI address = addressNode == null ? null : address(addressNode);
            if (providers == null) {
                return new SignInFile(address, List.of());
            }
            if (addressNode == null) {
                root.fault("expected the address that browsers have of this server, such as"
                        + " \"address: https://carom.example:8443\": providers send people back to it");
            }
            List<Provider> all = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (YamlNode node : providers.elements()) {
                Provider made = provider(node, address == null ? URI.create("https://carom.invalid") : address);
                if (made != null) {
                    if (!names.add(made.name())) {
                        node.fault("two providers are named \"" + made.name() + "\"");
                    }
                    all.add(made);
                }
            }
            return new SignInFile(address, all);
        }

        private static @Nullable URI address(YamlNode node) {
            try {
                URI address = URI.create(node.text().replaceAll("/+$", ""));
                if (safe(address)
                        && (address.getPath() == null || address.getPath().isEmpty())
                        && address.getQuery() == null) {
                    return address;
                }
            } catch (IllegalArgumentException e) {
                // Told below.
            }
            node.fault("expected an https address without a path, such as https://carom.example:8443;"
                    + " http is taken for this machine only");
            return null;
        }

        private static String text(Map<String, YamlNode> m, String name, String otherwise) {
            YamlNode node = m.get(name);
            return node == null ? otherwise : node.text();
        }

        private @Nullable Provider provider(YamlNode node, URI address) throws IOException {
            YamlNode kind = node.members().get("kind");
            switch (kind == null ? "" : kind.text()) {
                case "oidc":
                    return oidc(node, address);
                case "saml":
                    return saml(node, address);
                default:
                    (kind == null ? node : kind).fault("a provider needs a kind: oidc or saml");
                    return null;
            }
        }

        private Provider oidc(YamlNode node, URI address) throws IOException {
            Map<String, YamlNode> m = node.members(List.of(
                    "name",
                    "kind",
                    "label",
                    "issuer",
                    "client_id",
                    "secret_file",
                    "authority",
                    "scopes",
                    "userinfo",
                    "name_claim",
                    "skew",
                    "require",
                    "roles"));
            String name = name(node, m.get("name"));
            String issuer = text(m, "issuer", "");
            if (!isIssuer(issuer)) {
                m.getOrDefault("issuer", node)
                        .fault("expected the provider's issuer, an https address exactly as it calls itself");
            }
            if (text(m, "client_id", "").isEmpty()) {
                node.fault("expected the client_id that the provider knows this server by");
            }
            List<String> scopes = new ArrayList<>();
            YamlNode asked = m.get("scopes");
            for (YamlNode one : asked == null ? List.<YamlNode>of() : asked.elements()) {
                if (one.text().matches("[\\x21\\x23-\\x5b\\x5d-\\x7e]+")) {
                    scopes.add(one.text());
                } else {
                    one.fault("expected a scope, found \"" + one.text() + "\"");
                }
            }
            return new OidcSettings(
                    name,
                    text(m, "label", name),
                    issuer,
                    text(m, "client_id", ""),
                    secret(m.get("secret_file")),
                    existing(m.get("authority")),
                    asked == null ? List.of("profile", "email") : scopes,
                    flag(m.get("userinfo")),
                    text(m, "name_claim", "preferred_username"),
                    skew(m.get("skew")),
                    URI.create(address + "/sign-in/by/" + name + "/back"),
                    admission(node, m));
        }

        private Provider saml(YamlNode node, URI address) {
            Map<String, YamlNode> m = node.members(List.of(
                    "name",
                    "kind",
                    "label",
                    "issuer",
                    "metadata",
                    "sso",
                    "slo",
                    "certificates",
                    "entity_id",
                    "subject_claim",
                    "name_claim",
                    "sign_requests",
                    "unsolicited",
                    "skew",
                    "require",
                    "roles"));
            String name = name(node, m.get("name"));
            String issuer = text(m, "issuer", "");
            if (issuer.isBlank()) {
                node.fault("expected the provider's issuer, exactly as it calls itself (its entityID)");
            }
            String own = address + "/sign-in/by/" + name;
            YamlNode subject = m.get("subject_claim");
            return new SamlSettings(
                    name,
                    text(m, "label", name),
                    issuer,
                    text(m, "entity_id", own + "/metadata"),
                    source(node, m, issuer),
                    subject == null ? null : subject.text(),
                    text(m, "name_claim", Saml.NAME_ID),
                    flag(m.get("sign_requests")),
                    flag(m.get("unsolicited")),
                    skew(m.get("skew")),
                    URI.create(own + "/back"),
                    URI.create(own + "/logout"),
                    admission(node, m));
        }

        /// What is known of a provider of SAML, which has to be enough already.
        private SamlSource source(YamlNode node, Map<String, YamlNode> m, String issuer) {
            YamlNode metadata = m.get("metadata");
            YamlNode certificates = m.get("certificates");
            URI sso = leading(m.get("sso"));
            URI slo = leading(m.get("slo"));
            SamlSource source;
            boolean whole = !issuer.isBlank();
            if (metadata != null) {
                if (certificates != null || m.containsKey("sso") || m.containsKey("slo")) {
                    metadata.fault("expected either metadata, or sso and certificates, found both");
                }
                Path file = Objects.requireNonNull(existing(metadata));
                whole = whole && Files.isRegularFile(file);
                source = new SamlSource.Metadata(file, issuer);
            } else {
                List<Path> files = new ArrayList<>();
                for (YamlNode one : certificates == null ? List.<YamlNode>of() : certificates.elements()) {
                    files.add(Objects.requireNonNull(existing(one)));
                }
                if (files.isEmpty() || !m.containsKey("sso")) {
                    node.fault("expected the provider's metadata (a file), or its sso (an https address) and"
                            + " certificates (files)");
                }
                whole = whole && files.stream().allMatch(Files::isRegularFile);
                source = new SamlSource.Listed(sso == null ? URI.create("https://carom.invalid") : sso, slo, files);
            }
            if (whole) {
                try {
                    source.read();
                } catch (ProviderDown e) {
                    (metadata == null ? node : metadata).fault(String.valueOf(e.getMessage()));
                }
            }
            return source;
        }

        /// Null where it is not said, or is none.
        private static @Nullable URI leading(@Nullable YamlNode node) {
            URI address = node == null ? null : SamlSource.address(node.text());
            if (node != null && address == null) {
                node.fault("expected an https address, found \"" + node.text() + "\"");
            }
            return address;
        }

        private static boolean isIssuer(String text) {
            try {
                URI issuer = URI.create(text);
                return safe(issuer) && issuer.getQuery() == null;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        private static String name(YamlNode node, @Nullable YamlNode name) {
            if (name == null || !PROVIDER.matcher(name.text()).matches()) {
                (name == null ? node : name)
                        .fault("a provider needs a name: lower-case letters, digits and -, at most 32");
                return "unnamed";
            }
            return name.text();
        }

        private @Nullable Path existing(@Nullable YamlNode node) {
            if (node == null) {
                return null;
            }
            Path file = home.resolve(node.text());
            if (!Files.isRegularFile(file)) {
                node.fault("there is no file " + file);
            }
            return file;
        }

        private @Nullable String secret(@Nullable YamlNode node) throws IOException {
            Path file = existing(node);
            if (node == null || file == null || !Files.isRegularFile(file)) {
                return null;
            }
            String first = Files.readString(file).lines().findFirst().orElse("").strip();
            if (first.isEmpty()) {
                node.fault(file + " has no secret in its first line");
            }
            return first;
        }

        private static boolean flag(@Nullable YamlNode node) {
            if (node == null) {
                return false;
            }
            if (!node.text().equals("true") && !node.text().equals("false")) {
                node.fault("expected true or false, found \"" + node.text() + "\"");
            }
            return node.text().equals("true");
        }

        private static Duration skew(@Nullable YamlNode node) {
            if (node == null) {
                return SKEW;
            }
            if (!node.text().matches("[0-9]{1,3}s")
                    || Integer.parseInt(node.text().replace("s", "")) > 300) {
                node.fault(
                        "expected by how much the clocks may differ, from 0s to 300s, found \"" + node.text() + "\"");
                return SKEW;
            }
            return Duration.ofSeconds(Integer.parseInt(node.text().replace("s", "")));
        }

        private static Admission admission(YamlNode node, Map<String, YamlNode> m) {
            List<Admission.Said> required = new ArrayList<>();
            YamlNode require = m.get("require");
            for (YamlNode one : require == null ? List.<YamlNode>of() : require.elements()) {
                required.add(said(one, one.members(List.of("claim", "value"))));
            }
            List<Admission.Rule> rules = new ArrayList<>();
            YamlNode roles = m.get("roles");
            for (YamlNode one : roles == null ? List.<YamlNode>of() : roles.elements()) {
                Map<String, YamlNode> rule = one.members(List.of("claim", "value", "role", "client"));
                Admission.Said said = said(one, rule);
                Admission.Grant grant = grant(one, rule);
                if (grant != null) {
                    rules.add(new Admission.Rule(said, grant));
                }
            }
            if (roles == null || roles.elements().isEmpty()) {
                node.fault("a provider without roles lets nobody in: say which claim makes somebody what");
            }
            return new Admission(required, rules);
        }

        private static Admission.Said said(YamlNode node, Map<String, YamlNode> m) {
            if (text(m, "claim", "").isEmpty() || text(m, "value", "").isEmpty()) {
                node.fault("expected a claim and its value");
            }
            return new Admission.Said(text(m, "claim", ""), text(m, "value", ""));
        }

        private static Admission.@Nullable Grant grant(YamlNode node, Map<String, YamlNode> m) {
            Role role = Role.labelled(text(m, "role", ""));
            YamlNode client = m.get("client");
            if (role == Role.ADMINISTRATOR) {
                m.getOrDefault("role", node)
                        .fault("no provider makes an administrator: whoever owns the provider would own this server."
                                + " Administrators are made here, and sign in here");
                return null;
            }
            if (role == null) {
                m.getOrDefault("role", node).fault("expected analyst, auditor, client-analyst or client-reader");
                return null;
            }
            if (role.ofClient() != (client != null)) {
                node.fault(
                        role.ofClient()
                                ? "the role " + role.label() + " is of a client's account: name the client"
                                : "the role " + role.label() + " is of nobody's client: leave the client out");
                return null;
            }
            if (client != null && !CLIENT.matcher(client.text()).matches()) {
                client.fault("a client's name is lower-case letters, digits, - and _, found \"" + client.text() + "\"");
                return null;
            }
            return new Admission.Grant(role, client == null ? null : client.text());
        }
    }
}
