package io.carom.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.server.account.Role;
import io.carom.server.provider.Answer;
import io.carom.server.provider.Arrived;
import io.carom.server.provider.NotAdmitted;
import io.carom.server.provider.ProviderDown;
import io.carom.server.provider.Providers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Transform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// What an answer of SAML has to be to let anybody in, and everything that it must not be.
class SamlAnswersTest {
    private static final String ISSUER = "https://id.example/saml";
    private static final String BACK = "https://carom.example:8443/sign-in/by/corp/back";
    private static final KeyPair KEY = TestSaml.pair("RSA", 2048);
    private static final KeyPair OTHER = TestSaml.pair("RSA", 2048);

    @TempDir
    Path home;

    private Instant now = Instant.parse("2026-03-04T06:00:00Z");
    private final InstantSource clock = () -> now;
    private Providers providers;
    private String kept = "";
    private TestSaml.Asked asked;

    @BeforeEach
    void corp() throws Exception {
        TestSaml.ownKey(home);
        Files.writeString(home.resolve("corp.xml"), provider().metadata(KEY));
        file("");
    }

    @AfterEach
    void close() {
        providers.close();
    }

    private void file(String more) throws Exception {
        Files.writeString(home.resolve("sign-in.yaml"), """
            address: https://carom.example:8443
            providers:
              - name: corp
                kind: saml
                issuer: https://id.example/saml
                metadata: corp.xml
            MORE
                roles:
                  - {claim: groups, value: soc, role: analyst}
                  - {claim: "http://schemas.xmlsoap.org/claims/Group", value: acme-ir, role: client-analyst, client: acme}
            """.replace("MORE", more));
        if (providers != null) {
            providers.close();
        }
        providers = Providers.open(home, clock);
        begin();
    }

    private void begin() throws Exception {
        Providers.Begun begun = providers.begin("corp", "/incidents");
        kept = begun.kept();
        asked = TestSaml.asked(begun.to().toString(), "SAMLRequest");
    }

    private TestSaml provider() {
        TestSaml made = new TestSaml(ISSUER, KEY, clock);
        made.attributes.put("groups", List.of("staff", "soc"));
        return made;
    }

    private Arrived arrived(String encoded) throws NotAdmitted, ProviderDown, InterruptedException {
        return providers.arrived(providers.back("corp", kept, new Answer.Response(asked.state(), encoded)));
    }

    private Arrived in(Consumer<TestSaml> but) throws Exception {
        TestSaml provider = provider();
        but.accept(provider);
        return arrived(provider.response(asked.id(), TestSaml.back(asked)));
    }

    private void refused(String why, Consumer<TestSaml> misbehaving) {
        NotAdmitted no = assertThrows(NotAdmitted.class, () -> in(misbehaving), why);
        assertTrue(no.reason().contains(why), () -> why + ": " + no.reason());
    }

    private static Consumer<TestSaml> text(String from, String to) {
        return p -> p.text = xml -> {
            assertTrue(xml.contains(from), from);
            return xml.replace(from, to);
        };
    }

    private static Consumer<TestSaml> text(UnaryOperator<String> how) {
        return p -> p.text = how;
    }

    private static Consumer<TestSaml> responseSigned(Consumer<TestSaml> and) {
        return p -> {
            p.signsResponse = true;
            p.signsAssertion = false;
            and.accept(p);
        };
    }

    // ---- what lets in

    @Test
    void whoIsSignedForComesIn() throws Exception {
        for (Consumer<TestSaml> signed : List.<Consumer<TestSaml>>of(
                p -> {},
                responseSigned(p -> {}),
                p -> p.signsResponse = true,
                p -> p.method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                p -> p.method = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
                p -> p.digest = "http://www.w3.org/2001/04/xmlenc#sha512",
                // What stands beside a signature is nothing to go by, and no fault.
                p -> p.shows = TestSaml.certificate(OTHER, now))) {
            Arrived ana = in(signed);
            assertEquals("248289", ana.subject());
            assertEquals(Role.ANALYST, ana.role());
            assertEquals("corp~248289", ana.account());
            assertEquals("s1", ana.session());
            assertEquals(ISSUER, ana.issuer());
            assertTrue(Objects.requireNonNull(ana.once()).what().startsWith("assertion corp _"));
        }
        assertEquals(
                "acme",
                in(p -> {
                            p.attributes.clear();
                            p.attributes.put("http://schemas.xmlsoap.org/claims/Group", List.of("acme-ir"));
                        })
                        .client());
    }

    @Test
    void aKeyOnACurveIsAsGood() throws Exception {
        KeyPair curve = TestSaml.pair("EC", 256);
        Files.writeString(home.resolve("corp.xml"), provider().metadata(KEY, curve));
        assertEquals(
                "248289",
                in(p -> {
                            p.by = curve.getPrivate();
                            p.method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
                        })
                        .subject());
    }

    @Test
    void clocksMayDifferALittle() throws Exception {
        String over = now.minusSeconds(50).toString();
        in(text(xml -> xml.replace(now.plusSeconds(300).toString(), over)));
        in(text("NotBefore=\"" + now, "NotBefore=\"" + now.plusSeconds(50)));
        in(text("IssueInstant=\"" + now, "IssueInstant=\"" + now.minusSeconds(600)));
    }

    @Test
    void anAttributeMayBeWhomTheProviderKnows() throws Exception {
        file("    subject_claim: oid\n    name_claim: mail");
        Arrived ana = in(p -> {
            p.format = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
            p.subject = "_of-this-session";
            p.attributes.put("oid", List.of("7c1f"));
            p.attributes.put("mail", List.of("ana@corp.example"));
        });
        assertEquals("7c1f", ana.subject());
        assertEquals("corp~ana@corp.example", ana.account());
        refused("says \"oid\" 0 times", p -> {});
        refused("says \"oid\" 2 times", p -> p.attributes.put("oid", List.of("7c1f", "7c20")));
    }

    @Test
    void whatHadToBeSaidIsAsked() throws Exception {
        file("    require: [{claim: AuthnContextClassRef, value: \"https://refeds.org/profile/mfa\"}]");
        refused("no rule of sign-in.yaml lets in", p -> {});
        // An attribute does not stand in for it.
        refused(
                "no rule of sign-in.yaml lets in",
                p -> p.attributes.put("AuthnContextClassRef", List.of("https://refeds.org/profile/mfa")));
        in(p -> p.context = "https://refeds.org/profile/mfa");
    }

    // ---- what does not

    @Test
    void noSignatureThatIsWrongLetsAnybodyIn() {
        refused("is signed", p -> p.signsAssertion = false);
        refused("signed by no key of the provider's", p -> p.by = OTHER.getPrivate());
        refused("signed by no key of the provider's", p -> {
            p.by = OTHER.getPrivate();
            p.shows = TestSaml.certificate(OTHER, now);
        });
        refused("signed by no key of the provider's", responseSigned(p -> p.by = OTHER.getPrivate()));
        // One that is right does not make up for one that is wrong around it.
        refused(
                "signed by no key of the provider's",
                p -> p.after = document -> {
                    p.by = OTHER.getPrivate();
                    p.sign(document.getDocumentElement());
                });
        refused("SignatureMethod is", p -> p.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
        refused("DigestMethod is", p -> p.digest = "http://www.w3.org/2000/09/xmldsig#sha1");
        // The public key taken for a secret that both know.
        refused("SignatureMethod is", p -> {
            p.method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
            p.by = new SecretKeySpec(KEY.getPublic().getEncoded(), "HmacSHA256");
        });
        refused("CanonicalizationMethod is", p -> p.canonical = CanonicalizationMethod.INCLUSIVE);
        refused("CanonicalizationMethod is", p -> p.canonical = CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS);
        refused("has 1 transforms", p -> p.transforms = List.of(Transform.ENVELOPED));
        refused("Transform is", p -> p.transforms = List.of(Transform.ENVELOPED, CanonicalizationMethod.INCLUSIVE));
        refused(
                "Transform is",
                p -> p.transforms = List.of(Transform.ENVELOPED, CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS));
        refused("Transform is", p -> p.transforms = List.of(CanonicalizationMethod.EXCLUSIVE, Transform.ENVELOPED));
        refused(
                "transforms",
                p -> p.transforms = List.of(
                        Transform.ENVELOPED, CanonicalizationMethod.EXCLUSIVE, CanonicalizationMethod.EXCLUSIVE));
        // Changed after it was signed.
        refused("or was changed since", p -> p.sends = xml -> xml.replace(">248289<", ">248280<"));
        refused("or was changed since", p -> p.sends = xml -> xml.replace(">staff<", ">admin<"));
        refused("or was changed since", responseSigned(p -> p.sends = xml -> xml.replace(">staff<", ">admin<")));
        refused(
                "not of the element that it stands in",
                p -> p.sends = xml -> xml.replaceAll("URI=\"#[^\"]+\"", "URI=\"\""));
        refused(
                "not of the element that it stands in",
                p -> p.sends = xml -> xml.replaceAll("URI=\"#[^\"]+\"", "URI=\"https://id.example/x\""));
        for (String value : List.of("DigestValue", "SignatureValue")) {
            for (String other : List.of("", "A", "====", "%%")) {
                refused(
                        "",
                        p -> p.sends = xml -> xml.replaceAll("<ds:" + value + ">[^<]+", "<ds:" + value + ">" + other));
            }
        }
        refused(
                "its signature holds",
                p -> p.after = document -> element(document, TestSaml.DS, "Signature")
                        .appendChild(document.createElementNS(TestSaml.DS, "ds:Object")));
        refused(
                "Signature has 2 SignedInfo",
                p -> p.after = document -> {
                    Element info = element(document, TestSaml.DS, "SignedInfo");
                    info.getParentNode().insertBefore(info.cloneNode(true), info);
                });
        refused(
                "SignedInfo has 2 Reference",
                p -> p.after = document -> {
                    Element reference = element(document, TestSaml.DS, "Reference");
                    reference.getParentNode().appendChild(reference.cloneNode(true));
                });
    }

    @Test
    void noAnswerThatIsForAnotherOrOfAnotherTimeLetsAnybodyIn() {
        String later = now.plusSeconds(300).toString();
        String over = now.minusSeconds(61).toString();
        String fresh = "IssueInstant=\"" + now;
        for (boolean whole : List.of(true, false)) {
            Consumer<TestSaml> signs = p -> {
                p.signsResponse = whole;
                p.signsAssertion = !whole;
            };
            refused(
                    "the answer is of the issuer",
                    signs.andThen(text(
                            xml -> xml.replaceFirst("<saml:Issuer>[^<]+", "<saml:Issuer>https://other.example/saml"))));
            refused("the assertion is of the issuer", signs.andThen(text(xml -> {
                int second = xml.indexOf("<saml:Issuer>", xml.indexOf("<saml:Assertion"));
                return xml.substring(0, second) + xml.substring(second).replaceFirst(ISSUER, ISSUER + "/");
            })));
            refused(
                    "the answer was sent to",
                    signs.andThen(text("Destination=\"" + BACK, "Destination=\"https://other.example/back")));
            refused(
                    "for \"https://other.example/back\" to receive",
                    signs.andThen(text("Recipient=\"" + BACK, "Recipient=\"https://other.example/back")));
            refused(
                    "not for this server",
                    signs.andThen(text("<saml:Audience>", "<saml:Audience>https://other.example")));
            refused(
                    "for anybody",
                    signs.andThen(text(
                            xml -> xml.replaceAll("<saml:AudienceRestriction>.*</saml:AudienceRestriction>", ""))));
            refused(
                    "Assertion has 0 Conditions",
                    signs.andThen(text(xml -> xml.replaceAll("<saml:Conditions.*</saml:Conditions>", ""))));
            refused(
                    "a condition \"saml:Condition\"",
                    signs.andThen(text("<saml:AudienceRestriction>", "<saml:Condition/><saml:AudienceRestriction>")));
            // All that are said have to hold, not one of them.
            refused(
                    "not for this server",
                    signs.andThen(
                            text(
                                    "</saml:Conditions>",
                                    "<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction></saml:Conditions>")));
            refused("of another sign-in", signs.andThen(text(xml -> xml.replace(asked.id(), "_of-another"))));
            refused("of another sign-in", signs.andThen(text(xml -> {
                int second = xml.lastIndexOf("InResponseTo");
                return xml.substring(0, second) + xml.substring(second).replaceFirst(asked.id(), "_of-another");
            })));
            refused("of another sign-in", signs.andThen(text(xml -> xml.replaceAll(" InResponseTo=\"[^\"]+\"", ""))));
            refused(
                    "time is over",
                    signs.andThen(text(
                            "SubjectConfirmationData NotOnOrAfter=\"" + later,
                            "SubjectConfirmationData NotOnOrAfter=\"" + over)));
            refused(
                    "time is over (none",
                    signs.andThen(
                            text("SubjectConfirmationData NotOnOrAfter=\"" + later + "\"", "SubjectConfirmationData")));
            refused(
                    "time is over",
                    signs.andThen(text(xml -> xml.replaceAll("(Conditions [^>]*NotOnOrAfter=\")[^\"]+", "$1" + over))));
            refused(
                    "time has not come",
                    signs.andThen(text("NotBefore=\"" + now, "NotBefore=\"" + now.plusSeconds(61))));
            refused("which is no time", signs.andThen(text("NotBefore=\"" + now, "NotBefore=\"tomorrow")));
            refused(
                    "the answer was not made now",
                    signs.andThen(text(xml -> xml.replaceFirst(fresh, "IssueInstant=\"" + now.minusSeconds(700)))));
            refused("the assertion was not made now", signs.andThen(text(xml -> {
                int second = xml.indexOf(fresh, xml.indexOf("<saml:Assertion"));
                return xml.substring(0, second)
                        + xml.substring(second).replaceFirst(fresh, "IssueInstant=\"" + now.plusSeconds(90));
            })));
            refused(
                    "session at the provider's time is over",
                    signs.andThen(text("SessionIndex=", "SessionNotOnOrAfter=\"" + over + "\" SessionIndex=")));
            refused(
                    "does not say that anybody signed in",
                    signs.andThen(text(xml -> xml.replaceAll("<saml:AuthnStatement.*</saml:AuthnStatement>", ""))));
            refused("for nobody who brings it", signs.andThen(text("cm:bearer", "cm:holder-of-key")));
            refused(
                    "Subject has 0 NameID",
                    signs.andThen(text(xml -> xml.replaceAll("<saml:NameID.*</saml:NameID>", "<saml:BaseID/>"))));
            refused("names nobody", signs.andThen(p -> p.subject = " "));
            refused("names nobody", signs.andThen(p -> p.subject = "x".repeat(256)));
            refused("transient", signs.andThen(p -> p.format = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"));
            refused("NameID holds elements", signs.andThen(p -> p.subject = "<a>248289</a>"));
            refused("Assertion is of the version", signs.andThen(text(xml -> {
                int second = xml.lastIndexOf("Version=\"2.0\"");
                return xml.substring(0, second) + xml.substring(second).replaceFirst("2.0", "1.1");
            })));
            refused(
                    "Response is of the version",
                    signs.andThen(text(xml -> xml.replaceFirst("Version=\"2.0\"", "Version=\"3.0\""))));
            refused(
                    "the provider says \"urn:oasis:names:tc:SAML:2.0:status:Responder\", \"urn:x:AuthnFailed\"",
                    signs.andThen(text(
                            "status:Success\"/>",
                            "status:Responder\"><samlp:StatusCode Value=\"urn:x:AuthnFailed\"/></samlp:StatusCode>")));
            refused("no rule of sign-in.yaml lets in \"248289\"", signs.andThen(p -> p.attributes.clear()));
        }
        refused("the answer was sent to \"\"", responseSigned(text(" Destination=\"" + BACK + "\"", "")));
    }

    @Test
    void anAnswerToAnotherBrowserOrWithoutOneIsNotRead() throws Exception {
        TestSaml provider = provider();
        String right = provider.response(asked.id(), BACK);
        String state = asked.state();
        assertThrows(NotAdmitted.class, () -> providers.back("corp", null, new Answer.Response(state, right)));
        assertThrows(NotAdmitted.class, () -> providers.back("corp", kept, new Answer.Response("x", right)));
        assertThrows(NotAdmitted.class, () -> providers.back("corp", kept, new Answer.Response("", right)));
        String other = kept;
        begin();
        // Of the same browser, another sign-in's answer.
        String wrong = assertThrows(NotAdmitted.class, () -> arrived(right)).reason();
        assertTrue(wrong.contains("of another sign-in"), wrong);
        assertThrows(NotAdmitted.class, () -> providers.back("corp", other, new Answer.Response(asked.state(), right)));
        // A code is no answer of such a provider.
        assertThrows(
                NotAdmitted.class,
                () -> providers.arrived(
                        providers.back("corp", kept, new Answer.Code(asked.state(), "code", null, null))));
        now = now.plusSeconds(601);
        assertThrows(NotAdmitted.class, () -> providers.back("corp", kept, new Answer.Response(asked.state(), right)));
    }

    @Test
    void whoComesUnaskedComesOnlyWhereTheFileSaysSo() throws Exception {
        TestSaml provider = provider();
        String unasked = provider.response("", BACK);
        NotAdmitted no =
                assertThrows(NotAdmitted.class, () -> providers.back("corp", null, new Answer.Response("", unasked)));
        assertTrue(no.reason().contains("began no sign-in"), no.reason());
        file("    unsolicited: true");
        Providers.Returned returned = providers.back("corp", null, new Answer.Response("", unasked));
        assertEquals("248289", providers.arrived(returned).subject());
        assertEquals("/", returned.next());
        // What answers a request is not unasked.
        String stolen = provider.response(asked.id(), BACK);
        NotAdmitted other = assertThrows(
                NotAdmitted.class,
                () -> providers.arrived(providers.back("corp", null, new Answer.Response(asked.state(), stolen))));
        assertTrue(other.reason().contains("of another sign-in"), other.reason());
        // Nor is what was not asked for the answer to what was.
        assertThrows(NotAdmitted.class, () -> arrived(unasked));
    }

    // ---- what is no XML of this kind

    @Test
    void noDoctypeNoEntityAndNothingLarge() {
        refused("no XML that is taken", p -> p.sends = xml -> "<!DOCTYPE x>" + xml);
        refused(
                "no XML that is taken",
                p -> p.sends = xml ->
                        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + xml.replace(">248289<", ">&a;<"));
        StringBuilder laughs = new StringBuilder("<!DOCTYPE x [<!ENTITY l0 \"ha\">");
        for (int i = 1; i < 20; i++) {
            laughs.append("<!ENTITY l" + i + " \"")
                    .append(("&l" + (i - 1) + ";").repeat(10))
                    .append("\">");
        }
        refused("no XML that is taken", p -> p.sends = xml -> laughs + "]>" + xml.replace(">248289<", ">&l19;<"));
        refused("no XML that is taken", p -> p.sends = xml -> xml.replace(">248289<", ">&unknown;<"));
        refused("no XML that is taken", p -> p.sends = xml -> xml.substring(0, xml.length() / 2));
        refused("no XML that is taken", p -> p.sends = xml -> xml + "<again/>");
        refused(
                "something other than elements and text: xml-stylesheet",
                p -> p.sends = xml -> "<?xml-stylesheet href=\"https://x.example/\"?>" + xml);
        refused(
                "something other than elements and text: x",
                p -> p.sends = xml -> xml.replace(">248289<", ">24<?x y?>8289<"));
        refused("it is XML 1.1", p -> p.sends = xml -> "<?xml version=\"1.1\"?>" + xml);
        refused(
                "longer than",
                p -> p.sends = xml -> xml.replace("<samlp:Status>", " ".repeat(300_000) + "<samlp:Status>"));
        refused(
                "no XML that is taken",
                p -> p.sends =
                        xml -> xml.replace("<samlp:Status>", "<x>".repeat(60) + "</x>".repeat(60) + "<samlp:Status>"));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            many.append(" a").append(i).append("=\"\"");
        }
        refused(
                "no XML that is taken",
                p -> p.sends = xml -> xml.replace("<samlp:Status>", "<x" + many + "/><samlp:Status>"));
        // Said once, and again at each element of the canonical form.
        for (int letters : List.of(300, 100_000)) {
            refused(
                    letters == 300 ? "a namespace of 302 letters" : "no XML that is taken",
                    p -> p.sends = xml -> xml.replace(
                            "<saml:Conditions",
                            "<saml:Advice xmlns:a=\"x:" + "a".repeat(letters) + "\">" + "<a:b/>".repeat(10_000)
                                    + "</saml:Advice><saml:Conditions"));
        }
        refused("its answer is a \"x\"", p -> p.sends = xml -> "<x/>");
        for (String none :
                List.of("", "%%%%", "AAAA", Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, '<'}))) {
            assertThrows(NotAdmitted.class, () -> arrived(none), none);
        }
        // UTF-16 with its mark, which a parser would go by.
        refused(
                "",
                p -> p.sends = xml -> new String(xml.getBytes(StandardCharsets.UTF_16), StandardCharsets.ISO_8859_1));
        refused(
                "its assertion is encrypted",
                p -> p.sends = xml -> xml.replaceFirst("<saml:Assertion.*</saml:Assertion>", "")
                        .replace(
                                "</samlp:Status>",
                                "</samlp:Status><saml:EncryptedAssertion xmlns:saml=\"" + TestSaml.SAML + "\"/>"));
    }

    /// Comments are no part of what is signed; a name is read whole over them.
    @Test
    void aCommentInANameCutsNothingOff() throws Exception {
        for (boolean whole : List.of(true, false)) {
            Arrived eve = in(p -> {
                p.signsResponse = whole;
                p.signsAssertion = !whole;
                p.subject = "ana@corp.example.evil.example";
                p.attributes.put("groups", List.of("soc"));
                p.sends = xml -> xml.replace("ana@corp.example.evil", "ana@corp.example<!-- -->.evil");
            });
            assertEquals("ana@corp.example.evil.example", eve.subject());
            refused("no rule", p -> {
                p.attributes.put("groups", List.of("soc-of-nobody"));
                p.sends = xml -> xml.replace("soc-of-nobody", "soc<!---->-of-nobody");
            });
            // In what says what is signed, likewise.
            assertEquals(
                    "248289",
                    in(p -> p.sends = xml -> xml.replaceFirst("(<ds:DigestValue>.{5})", "$1<!-- -->"))
                            .subject());
            refused(
                    "or was changed since",
                    p -> p.sends = xml -> xml.replace(">248289<", ">248280<")
                            .replaceFirst("<ds:DigestValue>", "<ds:DigestValue><!-- x -->AAAA"));
        }
    }

    // ---- signature wrapping

    private static Element element(Document in, String namespace, String name) {
        return (Element) in.getElementsByTagNameNS(namespace, name).item(0);
    }

    private static Element without(Element signature, Element copy) {
        Node inCopy = copy.getElementsByTagNameNS(TestSaml.DS, "Signature").item(0);
        inCopy.getParentNode().removeChild(inCopy);
        return copy;
    }

    /// A copy that says something else, under another name.
    private static Element evil(Element of) {
        Element copy = (Element) of.cloneNode(true);
        copy.setAttribute("ID", "_evil");
        Node name = copy.getElementsByTagNameNS(TestSaml.SAML, "NameID").item(0);
        name.setTextContent("admin");
        return copy;
    }

    /// The eight of Somorovsky and others, "On Breaking SAML" (2012), as testers number them.
    @Test
    void noWrappingOfASignatureLetsAnotherIn() {
        List<Consumer<Document>> wrappings = new ArrayList<>();
        // 1 and 2: the answer is signed, and moves into, or before, the signature of another.
        for (boolean into : List.of(true, false)) {
            wrappings.add(document -> {
                Element right = document.getDocumentElement();
                Element signature = element(document, TestSaml.DS, "Signature");
                Element wrong = evil(right);
                Element taken = without(signature, (Element) right.cloneNode(true));
                Element kept = (Element)
                        wrong.getElementsByTagNameNS(TestSaml.DS, "Signature").item(0);
                document.replaceChild(wrong, right);
                if (into) {
                    kept.appendChild(taken);
                } else {
                    wrong.insertBefore(taken, kept);
                }
            });
        }
        int answers = wrappings.size();
        // 3 to 8: the assertion is.
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            right.getParentNode().insertBefore(without(right, evil(right)), right);
        });
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            Element wrong = without(right, evil(right));
            right.getParentNode().replaceChild(wrong, right);
            wrong.appendChild(right);
        });
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            Element wrong = evil(right);
            right.getParentNode().replaceChild(wrong, right);
            wrong.getParentNode().appendChild(without(right, right));
        });
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            Element wrong = evil(right);
            right.getParentNode().replaceChild(wrong, right);
            element(document, TestSaml.DS, "Signature").appendChild(without(right, right));
        });
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            Element extensions = document.createElementNS(TestSaml.SAMLP, "samlp:Extensions");
            extensions.appendChild(without(right, evil(right)));
            right.getParentNode().insertBefore(extensions, right);
        });
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            Element wrong = evil(right);
            right.getParentNode().replaceChild(wrong, right);
            Element object = document.createElementNS(TestSaml.DS, "ds:Object");
            element(document, TestSaml.DS, "Signature").appendChild(object);
            object.appendChild(without(right, right));
        });
        // And the same with the evil one under the right one's ID.
        wrappings.add(document -> {
            Element right = element(document, TestSaml.SAML, "Assertion");
            Element wrong = evil(right);
            wrong.setAttribute("ID", right.getAttribute("ID"));
            right.getParentNode().insertBefore(without(right, wrong), right);
        });
        assertEquals(9, wrappings.size());
        for (int i = 0; i < wrappings.size(); i++) {
            Consumer<Document> wrapping = wrappings.get(i);
            boolean answer = i < answers;
            refused("", p -> {
                p.signsResponse = answer;
                p.signsAssertion = !answer;
                p.after = wrapping;
            });
        }
    }

    // ---- the provider's keys and this server's

    @Test
    void keysThatAProviderChangesHoldFromWhenTheyAreWritten() throws Exception {
        in(p -> {});
        Files.writeString(home.resolve("corp.xml"), "\ufeff" + provider().metadata(KEY, OTHER));
        in(p -> p.by = OTHER.getPrivate());
        in(p -> {});
        Files.writeString(home.resolve("corp.xml"), provider().metadata(OTHER));
        in(p -> p.by = OTHER.getPrivate());
        refused("signed by no key of the provider's", p -> {});
        Files.writeString(home.resolve("corp.xml"), "<no metadata");
        ProviderDown down = assertThrows(ProviderDown.class, () -> in(p -> p.by = OTHER.getPrivate()));
        assertTrue(String.valueOf(down.getMessage()).contains("corp.xml"), down.getMessage());
        Files.writeString(
                home.resolve("corp.xml"),
                provider().metadata(KEY).replace("<IDPSSODescriptor", "<IDPSSODescriptor validUntil=\"" + now + "\""));
        assertThrows(ProviderDown.class, () -> in(p -> {}));
    }

    @Test
    void aProviderMayBeWrittenOut() throws Exception {
        Files.writeString(home.resolve("old.pem"), io.carom.certificate.Pem.text(TestSaml.certificate(KEY, now)));
        Files.writeString(home.resolve("new.pem"), io.carom.certificate.Pem.text(TestSaml.certificate(OTHER, now)));
        Files.writeString(home.resolve("sign-in.yaml"), """
            address: https://carom.example:8443
            providers:
              - name: corp
                kind: saml
                issuer: https://id.example/saml
                sso: https://id.example/sso
                certificates: [old.pem, new.pem]
                entity_id: "urn:carom"
                sign_requests: true
                roles: [{claim: groups, value: soc, role: analyst}]
            """);
        providers.close();
        providers = Providers.open(home, clock);
        begin();
        Consumer<TestSaml> audience = text(BACK.replace("/back", "/metadata"), "urn:carom");
        in(audience);
        in(audience.andThen(p -> p.by = OTHER.getPrivate()));
        refused("not for this server", p -> {});
        assertEquals(
                "urn:carom",
                asked.request()
                        .getElementsByTagNameNS(TestSaml.SAML, "Issuer")
                        .item(0)
                        .getTextContent());
        assertSignedByTheMetadata();
    }

    /// The request is signed by the key that this server's metadata shows, which is at rest under
    /// another.
    private void assertSignedByTheMetadata() throws Exception {
        Document metadata = TestSaml.document(Objects.requireNonNull(providers.metadata("corp")));
        byte[] shown = Base64.getMimeDecoder()
                .decode(element(metadata, TestSaml.DS, "X509Certificate").getTextContent());
        var certificate = java.security.cert.CertificateFactory.getInstance("X.509")
                .generateCertificate(new java.io.ByteArrayInputStream(shown));
        java.security.Signature check = java.security.Signature.getInstance("SHA256withRSA");
        check.initVerify(certificate);
        check.update(asked.raw().replaceAll("&Signature=.*", "").getBytes(StandardCharsets.US_ASCII));
        assertTrue(check.verify(Base64.getDecoder().decode(asked.query().get("Signature"))));
        String kept = Files.readString(home.resolve("keys").resolve("saml.sealed"));
        assertTrue(!kept.contains("PRIVATE")
                && !kept.contains(Base64.getEncoder().encodeToString(shown).substring(0, 40)));
    }

    @Test
    void aWeakKeyIsRefusedAtTheStart() throws Exception {
        KeyPair weak = TestSaml.pair("RSA", 1024);
        Files.writeString(home.resolve("corp.xml"), provider().metadata(KEY, weak));
        ConfigException no = assertThrows(ConfigException.class, () -> Providers.open(home, clock));
        assertTrue(
                no.faults().getFirst().contains("a certificate in it is too weak"),
                no.faults().toString());
        assertTrue(
                no.faults().getFirst().contains("sign-in.yaml:6:"), no.faults().toString());
    }
}
