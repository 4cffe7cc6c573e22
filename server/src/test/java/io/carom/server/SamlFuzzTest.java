package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.config.ConfigException;
import io.carom.server.provider.Answer;
import io.carom.server.provider.Arrived;
import io.carom.server.provider.NotAdmitted;
import io.carom.server.provider.ProviderDown;
import io.carom.server.provider.Providers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// Whatever is made of an answer of SAML, who is let in is who was signed for, or nobody.
class SamlFuzzTest {
    private static final String BACK = "https://carom.example:8443/sign-in/by/corp/back";
    private static final Instant NOW = Instant.parse("2026-03-04T06:00:00Z");

    private static final class Server {
        static final Server ONE = new Server();
        final Providers providers;
        final String kept;
        final TestSaml.Asked asked;
        /// The assertion signed, the answer, and both.
        final List<String> signed = new ArrayList<>();

        final Arrived right;

        private Server() {
            try {
                Path home = Files.createTempDirectory("saml-fuzz");
                KeyPair key = TestSaml.pair("RSA", 2048);
                TestSaml corp = new TestSaml("https://id.example/saml", key, () -> NOW);
                Files.writeString(home.resolve("corp.xml"), corp.metadata(key));
                Files.writeString(home.resolve("sign-in.yaml"), """
                    address: https://carom.example:8443
                    providers:
                      - name: corp
                        kind: saml
                        issuer: https://id.example/saml
                        metadata: corp.xml
                        roles: [{claim: groups, value: soc, role: analyst}]
                    """);
                providers = Providers.open(home, () -> NOW);
                Providers.Begun begun = providers.begin("corp", "/");
                kept = begun.kept();
                asked = TestSaml.asked(begun.to().toString(), "SAMLRequest");
                corp.attributes.put("groups", List.of("staff", "soc"));
                corp.assertionId = "_a";
                for (int i = 1; i < 4; i++) {
                    corp.signsAssertion = (i & 1) != 0;
                    corp.signsResponse = (i & 2) != 0;
                    signed.add(corp.xml(asked.id(), BACK));
                }
                right = Objects.requireNonNull(tried(signed.getFirst().getBytes(StandardCharsets.UTF_8)));
            } catch (IOException | ConfigException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Nullable
        Arrived tried(byte[] document) {
            try {
                return providers.arrived(providers.back(
                        "corp",
                        kept,
                        new Answer.Response(asked.state(), Base64.getEncoder().encodeToString(document))));
            } catch (NotAdmitted e) {
                return null;
            } catch (ProviderDown | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// @return whether somebody was let in, who then is the one that was signed for
    private static boolean lets(byte[] document) {
        Arrived got = Server.ONE.tried(document);
        if (got != null) {
            assertEquals(Server.ONE.right, got, () -> new String(document, StandardCharsets.UTF_8));
        }
        return got != null;
    }

    @FuzzTest(maxDuration = "60s")
    void anyDocument(byte[] document) {
        lets(document);
    }

    /// Bytes changed anywhere.
    @Test
    void whateverIsChangedLetsNobodyElseIn() {
        Mutations mutations = new Mutations(11);
        List<byte[]> seeds = Server.ONE.signed.stream()
                .map(xml -> xml.getBytes(StandardCharsets.UTF_8))
                .toList();
        int let = 0;
        for (int i = 0; i < 1_000; i++) {
            let += lets(mutations.of(seeds)) ? 1 : 0;
        }
        // A fifth is not changed at all, and some of it where nothing is signed.
        assertTrue(let > 100 && let < 500, "let in: " + let);
    }

    /// Elements moved, copied, renamed and taken away, with another's name put in somewhere.
    @Test
    void howeverItsPartsAreArrangedNobodyElseIsLetIn() {
        Random random = new Random(12);
        List<String> signed = Server.ONE.signed;
        int let = 0;
        for (int i = 0; i < 800; i++) {
            Document document = TestSaml.document(signed.get(random.nextInt(signed.size())));
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                rearrange(document, random);
            }
            let += lets(TestSaml.text(document).getBytes(StandardCharsets.UTF_8)) ? 1 : 0;
        }
        assertTrue(let < 400, "let in: " + let);
    }

    private static void rearrange(Document document, Random random) {
        List<Element> all = new ArrayList<>();
        var found = document.getElementsByTagNameNS("*", "*");
        for (int i = 0; i < found.getLength(); i++) {
            all.add((Element) found.item(i));
        }
        Element one = all.get(random.nextInt(all.size()));
        Element other = all.get(random.nextInt(all.size()));
        switch (random.nextInt(6)) {
            case 0 -> other.insertBefore(one.cloneNode(true), random.nextBoolean() ? other.getFirstChild() : null);
            case 1 -> {
                if (one != document.getDocumentElement() && !above(one, other)) {
                    other.insertBefore(one, random.nextBoolean() ? other.getFirstChild() : null);
                }
            }
            case 2 -> {
                if (one != document.getDocumentElement()) {
                    one.getParentNode().removeChild(one);
                }
            }
            case 3 -> {
                var names = document.getElementsByTagNameNS(TestSaml.SAML, "NameID");
                if (names.getLength() > 0) {
                    names.item(random.nextInt(names.getLength())).setTextContent("admin");
                }
            }
            case 4 -> one.setAttribute("ID", random.nextBoolean() ? "_a" : "_b");
            default -> document.renameNode(one, other.getNamespaceURI(), other.getNodeName());
        }
    }

    private static boolean above(Node one, Node other) {
        for (Node at = other; at != null; at = at.getParentNode()) {
            if (at == one) {
                return true;
            }
        }
        return false;
    }
}
