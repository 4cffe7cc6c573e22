package io.carom.mailnet.enrol;

import io.carom.certificate.Authority;
import io.carom.certificate.Certificates;
import io.carom.certificate.Pem;
import io.carom.mailnet.Network;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A member's side of a network, in a folder of the member's: the key, which never leaves it, the
/// certificate, and what a mail program needs.
///
/// @param settings where everything is, as the network said it
public record Membership(Path folder, ObjectNode settings) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:-]{1,253}");
    private static final Pattern LINK = Pattern.compile(
            "https://(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9.-]{1,253}):(\\d{1,5})(/join/[A-Za-z0-9_-]{16,64})#([0-9a-f]{64})");

    /// Joins by a link, with a key made here.
    ///
    /// @throws IOException if the folder has a key already, or saying why the network did not take it
    public static Membership join(String link, Path folder) throws IOException {
        return join(link, folder, Network.rsa());
    }

    /// With a key that is there.
    public static Membership join(String link, Path folder, KeyPair pair) throws IOException {
        Matcher m = LINK.matcher(link.strip());
        if (!m.matches() || Integer.parseInt(m.group(2)) > 65_535) {
            throw new IOException("expected the whole invitation: https://HOST:PORT/join/CODE#FINGERPRINT");
        }
        if (Files.exists(folder.resolve("member.key"))) {
            throw new IOException(folder.resolve("member.key") + " is there already; give another folder");
        }
        byte[] request = request(pair);
        String host =
                m.group(1).startsWith("[") ? m.group(1).substring(1, m.group(1).length() - 1) : m.group(1);
        // The key is on the disk before it is certified: an invitation is used once.
        Pem.write(folder.resolve("member.key"), Pem.text(pair.getPrivate()), true);
        Pinned.Answer answer;
        try {
            answer = Pinned.ask(
                    host, Integer.parseInt(m.group(2)), m.group(4), null, null, null, "POST", m.group(3), request);
            accepted(answer);
        } catch (IOException e) {
            Files.deleteIfExists(folder.resolve("member.key"));
            throw e;
        }
        ObjectNode settings = checked(accepted(answer));
        X509Certificate certificate =
                Directory.certificate(settings.path("certificate").asString(""));
        if (!certificate.getPublicKey().equals(pair.getPublic())) {
            throw new IOException("the network gave a certificate for another key");
        }
        Pem.write(folder.resolve("member.crt"), Pem.text(certificate), false);
        Pem.write(folder.resolve("ca.crt"), Pem.text(answer.authority()), false);
        settings.remove("certificate");
        settings.remove("authority");
        settings.put("fingerprint", m.group(4));
        Pem.write(folder.resolve("settings.json"), settings.toPrettyString() + "\n", true);
        Membership joined = new Membership(folder, settings);
        joined.programs(certificate, pair, answer.authority());
        return joined;
    }

    /// What the network says of itself gets into configurations of programs, some of which run what stands in
    /// them: names are names and ports are ports, or it is not taken.
    static ObjectNode checked(ObjectNode settings) throws IOException {
        Address address = Address.of(settings.path("address").asString("")).orElse(null);
        boolean sound = address != null
                && address.domain().equals(settings.path("domain").asString(""))
                && HOST.matcher(settings.path("host").asString("")).matches();
        for (String port : List.of("submission", "imap", "members")) {
            int number = settings.path(port).asInt(0);
            sound &= number > 0 && number <= 65_535;
        }
        if (!sound) {
            throw new IOException(
                    "the network's settings are not what a network says of itself; do not use it, and call"
                            + " whoever invited you");
        }
        return settings;
    }

    public static Membership of(Path folder) throws IOException {
        Path file = folder.resolve("settings.json");
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    file + ": nobody joined a network here; carom mail network join LINK --out " + folder);
        }
        try {
            return new Membership(folder, (ObjectNode) JSON.readTree(Files.readString(file)));
        } catch (JacksonException | ClassCastException e) {
            throw new IOException(file + ": no settings of a network", e);
        }
    }

    private static ObjectNode accepted(Pinned.Answer answer) throws IOException {
        try {
            if (JSON.readTree(answer.body()) instanceof ObjectNode json) {
                if (answer.status() != 200) {
                    throw new IOException(
                            "the network refused: " + json.path("error").asString("HTTP " + answer.status()));
                }
                return json;
            }
        } catch (JacksonException e) {
            throw new IOException("the answer is no JSON", e);
        }
        throw new IOException("the answer is no JSON object");
    }

    private static byte[] request(KeyPair pair) throws IOException {
        String algorithm = pair.getPrivate() instanceof RSAKey ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=member"), pair.getPublic())
                    .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                    .getEncoded();
        } catch (OperatorCreationException e) {
            throw new IOException("no certificate request could be made: " + e.getMessage(), e);
        }
    }

    public Address address() throws IOException {
        return Address.of(text("address")).orElseThrow(() -> new IOException("settings.json has no address"));
    }

    public String text(String name) {
        return settings.path(name).asString("");
    }

    public int port(String name) {
        return settings.path(name).asInt(0);
    }

    public Authority.Issued identity() throws IOException {
        return new Authority.Issued(
                Pem.certificates(folder.resolve("member.crt")).getFirst(), Pem.key(folder.resolve("member.key")));
    }

    public X509Certificate authority() throws IOException {
        return Pem.certificates(folder.resolve("ca.crt")).getFirst();
    }

    /// Asks the network for everybody's certificates and puts them where mail programs take them from.
    public Directory refresh() throws IOException {
        Directory directory = Directory.read(Pinned.ask(
                text("host"),
                port("members"),
                text("fingerprint"),
                text("domain"),
                identity(),
                authority(),
                "GET",
                "/members",
                new byte[0]));
        StringBuilder authorities = new StringBuilder();
        for (X509Certificate one : directory.authorities().values()) {
            authorities.append(Pem.text(one));
        }
        Pem.write(folder.resolve("authorities.pem"), authorities.toString(), false);
        StringBuilder index = new StringBuilder();
        for (Peers.Correspondent one : directory.members()) {
            // The address was read as one, and so is a name that no path is hidden in.
            String hash = Certificates.fingerprint(one.certificate()).substring(0, 8) + ".0";
            Pem.write(folder.resolve("smime/certificates").resolve(hash), Pem.text(one.certificate()), false);
            index.append(one.address()).append(' ').append(hash).append(" network - t e\n");
        }
        Pem.write(folder.resolve("smime/certificates/.index"), index.toString(), false);
        return directory;
    }

    /// A new key and certificate in place of those that are soon over. The old key stays beside, for
    /// old mail.
    public void renew() throws IOException {
        KeyPair pair = Network.rsa();
        ObjectNode answer = accepted(Pinned.ask(
                text("host"),
                port("members"),
                text("fingerprint"),
                text("domain"),
                identity(),
                authority(),
                "POST",
                "/renew",
                request(pair)));
        X509Certificate made = Directory.certificate(answer.path("certificate").asString(""));
        X509Certificate old = identity().certificate();
        String name = "old-" + Certificates.fingerprint(old).substring(0, 8);
        Files.move(folder.resolve("member.key"), folder.resolve(name + ".key"));
        Files.move(folder.resolve("member.crt"), folder.resolve(name + ".crt"));
        Pem.write(folder.resolve("member.key"), Pem.text(pair.getPrivate()), true);
        Pem.write(folder.resolve("member.crt"), Pem.text(made), false);
        programs(made, pair, authority());
    }

    /// What mail programs take: PKCS #12 for those with a window, a configuration for mutt and neomutt.
    private void programs(X509Certificate certificate, KeyPair pair, X509Certificate authority) throws IOException {
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(text("address"), pair.getPrivate(), password.toCharArray(), new Certificate[] {
                certificate, authority
            });
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            Pem.write(folder.resolve("member.p12.password"), password + "\n", true);
            Path file = folder.resolve("member.p12");
            Pem.write(file, "", true);
            Files.write(file, bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IOException("no PKCS #12 could be made: " + e.getMessage(), e);
        }
        Pem.write(folder.resolve("client.pem"), Pem.text(pair.getPrivate(), certificate), true);
        String hash = Certificates.fingerprint(certificate).substring(0, 8) + ".0";
        Pem.write(folder.resolve("smime/keys").resolve(hash), Pem.text(pair.getPrivate()), true);
        Pem.write(folder.resolve("smime/certificates").resolve(hash), Pem.text(certificate), false);
        Pem.write(folder.resolve("smime/keys/.index"), text("address") + " " + hash + " network - t es\n", true);
        Pem.write(folder.resolve("authorities.pem"), Pem.text(authority), false);
        Pem.write(folder.resolve("muttrc"), MuttConfiguration.of(folder, settings, hash), false);
    }

    /// Settings by name, for those who set up a program by hand.
    public Map<String, String> shown() {
        String host = text("host");
        return Map.of(
                "IMAP", host + ":" + port("imap") + ", TLS, sign in with the certificate",
                "SMTP", host + ":" + port("submission") + ", TLS, sign in with the certificate");
    }
}
