package io.carom.server;

import io.carom.certificate.Certificates;
import io.carom.server.provider.Providers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/// A provider of SAML 2.0, which does as it must until it is told to misbehave.
public final class TestSaml {
    static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion";
    static final String SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol";
    static final String DS = "http://www.w3.org/2000/09/xmldsig#";
    static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    static final String PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

    /// What an address that leads to it asks.
    ///
    /// @param xml the request as it stands there
    /// @param query as it was sent
    public record Asked(Element request, String xml, String state, Map<String, String> query, String raw) {
        String id() {
            return request.getAttribute("ID");
        }
    }

    private final InstantSource clock;
    final String issuer;
    KeyPair key;

    // ---- what it says

    String subject = "248289";
    String format = PERSISTENT;
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    String session = "s1";
    String context = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    String assertionId = "";

    /// What is done to the text before it is signed.
    UnaryOperator<String> text = UnaryOperator.identity();
    boolean signsAssertion = true;
    boolean signsResponse;
    Key by;
    String method = RSA_SHA256;
    String digest = SHA256;
    String canonical = CanonicalizationMethod.EXCLUSIVE;
    List<String> transforms = List.of(Transform.ENVELOPED, CanonicalizationMethod.EXCLUSIVE);
    /// Shown beside the signature; null for nothing.
    @Nullable
    X509Certificate shows;

    /// What is done to the document after it was signed.
    Consumer<Document> after = document -> {};
    /// What is done to its text then.
    UnaryOperator<String> sends = UnaryOperator.identity();

    TestSaml(String issuer, KeyPair key, InstantSource clock) {
        this.issuer = issuer;
        this.key = key;
        this.by = key.getPrivate();
        this.clock = clock;
    }

    static KeyPair pair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static X509Certificate certificate(KeyPair of, Instant now) {
        try {
            X500Name name = Certificates.name("Test Provider");
            return Certificates.signed(
                    Certificates.builder(name, name, of.getPublic(), now, Duration.ofDays(365)), of.getPrivate());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static final Map<String, byte[]> OWN = new LinkedHashMap<>();

    /// Gives a home a server's own key that was made before: making one takes a second.
    static synchronized void ownKey(Path home) throws Exception {
        Path keys = Files.createDirectories(home.resolve("keys"));
        if (OWN.isEmpty()) {
            Path first = Files.createTempDirectory("saml-key");
            KeyPair any = pair("RSA", 2048);
            TestSaml provider = new TestSaml("https://id.example/saml", any, Instant::now);
            Files.writeString(first.resolve("corp.xml"), provider.metadata(any));
            Files.writeString(first.resolve("sign-in.yaml"), """
                address: https://carom.example
                providers:
                  - name: corp
                    kind: saml
                    issuer: https://id.example/saml
                    metadata: corp.xml
                    roles: [{claim: groups, value: soc, role: analyst}]
                """);
            Providers.open(first, Instant::now).close();
            for (String name : List.of("secrets.key", "saml.sealed")) {
                OWN.put(name, Files.readAllBytes(first.resolve("keys").resolve(name)));
            }
        }
        for (Map.Entry<String, byte[]> one : OWN.entrySet()) {
            Files.write(keys.resolve(one.getKey()), one.getValue());
        }
    }

    /// Of this provider, with certificates of these keys.
    String metadata(KeyPair... keys) {
        StringBuilder all = new StringBuilder();
        for (KeyPair one : keys) {
            try {
                all.append("<KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"" + DS
                                + "\"><ds:X509Data><ds:X509Certificate>")
                        .append(Base64.getMimeEncoder()
                                .encodeToString(
                                        certificate(one, clock.instant()).getEncoded()))
                        .append("</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>\n");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return """
            <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="ISSUER">
            <!-- as providers write it -->
            <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            KEYS<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="ISSUER/slo" ResponseLocation="ISSUER/slo-answer"/>
            <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="ISSUER/post"/>
            <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="ISSUER/sso?tenant=one"/>
            </IDPSSODescriptor></EntityDescriptor>
            """.replace("KEYS", all).replace("ISSUER", issuer);
    }

    // ---- what it is asked

    static Map<String, String> query(String raw) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String one : raw.split("&")) {
            String[] pair = one.split("=", 2);
            all.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
        }
        return all;
    }

    /// The message that an address holds.
    static Asked asked(String address, String kind) {
        try {
            String raw = String.valueOf(URI.create(address).getRawQuery());
            Map<String, String> query = query(raw);
            byte[] deflated = Base64.getDecoder().decode(query.get(kind));
            String xml;
            try (InflaterInputStream in =
                    new InflaterInputStream(new ByteArrayInputStream(deflated), new Inflater(true))) {
                xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            return new Asked(document(xml).getDocumentElement(), xml, query.getOrDefault("RelayState", ""), query, raw);
        } catch (Exception e) {
            throw new AssertionError(address, e);
        }
    }

    static Document document(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
        } catch (Exception e) {
            throw new AssertionError(xml, e);
        }
    }

    static String text(Document of) {
        try {
            Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter out = new StringWriter();
            transformer.transform(new DOMSource(of), new StreamResult(out));
            return out.toString();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- what it answers

    /// The form that its page has the browser send.
    Map<String, String> form(Asked asked) {
        return Map.of("SAMLResponse", response(asked.id(), back(asked)), "RelayState", asked.state());
    }

    static String back(Asked asked) {
        return asked.request().getAttribute("AssertionConsumerServiceURL");
    }

    static String entity(String back) {
        return back.replaceAll("/back$", "/metadata");
    }

    String response(String inResponseTo, String back) {
        return Base64.getEncoder().encodeToString(xml(inResponseTo, back).getBytes(StandardCharsets.UTF_8));
    }

    /// The answer as it is sent.
    String xml(String inResponseTo, String back) {
        Document document = document(text.apply(plain(inResponseTo, back)));
        Element response = document.getDocumentElement();
        if (signsAssertion) {
            sign((Element) document.getElementsByTagNameNS(SAML, "Assertion").item(0));
        }
        if (signsResponse) {
            sign(response);
        }
        after.accept(document);
        return sends.apply(text(document));
    }

    private String plain(String inResponseTo, String back) {
        Instant now = clock.instant();
        StringBuilder said = new StringBuilder();
        attributes.forEach((name, values) -> {
            said.append("<saml:Attribute Name=\"").append(name).append("\">");
            values.forEach(value -> said.append("<saml:AttributeValue xsi:type=\"xs:string\">")
                    .append(value)
                    .append("</saml:AttributeValue>"));
            said.append("</saml:Attribute>");
        });
        String to = inResponseTo.isEmpty() ? "" : " InResponseTo=\"" + inResponseTo + "\"";
        return """
            <samlp:Response xmlns:samlp="SAMLP" xmlns:saml="SAML" ID="_RESPONSE" Version="2.0" IssueInstant="NOW" Destination="BACK"TO>
            <saml:Issuer>ISSUER</saml:Issuer>
            <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
            <saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="ASSERTION" Version="2.0" IssueInstant="NOW">
            <saml:Issuer>ISSUER</saml:Issuer>
            <saml:Subject><saml:NameID Format="FORMAT">SUBJECT</saml:NameID>
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="LATER" Recipient="BACK"TO/></saml:SubjectConfirmation></saml:Subject>
            <saml:Conditions NotBefore="NOW" NotOnOrAfter="LATER"><saml:AudienceRestriction><saml:Audience>ENTITY</saml:Audience></saml:AudienceRestriction></saml:Conditions>
            <saml:AuthnStatement AuthnInstant="NOW" SessionIndex="SESSION"><saml:AuthnContext><saml:AuthnContextClassRef>CONTEXT</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
            <saml:AttributeStatement>ATTRIBUTES</saml:AttributeStatement>
            </saml:Assertion></samlp:Response>""".replace("SAMLP", SAMLP)
                .replace("\"SAML\"", "\"" + SAML + "\"")
                .replace("RESPONSE", UUID.randomUUID().toString())
                .replace("ASSERTION", assertionId.isEmpty() ? "_" + UUID.randomUUID() : assertionId)
                .replace("NOW", now.toString())
                .replace("LATER", now.plusSeconds(300).toString())
                .replace("\"TO", "\"" + to)
                .replace("BACK", back)
                .replace("ENTITY", entity(back))
                .replace("ISSUER", issuer)
                .replace("FORMAT", format)
                .replace("SUBJECT", subject)
                .replace("SESSION", session)
                .replace("CONTEXT", context)
                .replace("ATTRIBUTES", said);
    }

    void sign(Element element) {
        try {
            XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
            List<Transform> all = new ArrayList<>();
            for (String one : transforms) {
                all.add(factory.newTransform(one, (TransformParameterSpec) null));
            }
            var info = factory.newSignedInfo(
                    factory.newCanonicalizationMethod(canonical, (C14NMethodParameterSpec) null),
                    factory.newSignatureMethod(method, null),
                    List.of(factory.newReference(
                            "#" + element.getAttribute("ID"), factory.newDigestMethod(digest, null), all, null, null)));
            KeyInfo beside = null;
            if (shows != null) {
                KeyInfoFactory infos = factory.getKeyInfoFactory();
                beside = infos.newKeyInfo(List.of(infos.newX509Data(List.of(shows))));
            }
            Element issuerElement =
                    (Element) element.getElementsByTagNameNS(SAML, "Issuer").item(0);
            DOMSignContext context = new DOMSignContext(by, element, issuerElement.getNextSibling());
            context.setIdAttributeNS(element, null, "ID");
            context.setDefaultNamespacePrefix("ds");
            factory.newXMLSignature(info, beside).sign(context);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- and out

    /// A request to end sessions, in an address' query, signed.
    String logout(String id, String to, String content, UnaryOperator<String> but, @Nullable KeyPair signs) {
        String xml = but.apply("<samlp:LogoutRequest xmlns:samlp=\"" + SAMLP + "\" xmlns:saml=\"" + SAML + "\" ID=\""
                + id
                + "\" Version=\"2.0\" IssueInstant=\"" + clock.instant() + "\" Destination=\"" + to + "\"><saml:Issuer>"
                + issuer + "</saml:Issuer>" + content + "</samlp:LogoutRequest>");
        try {
            ByteArrayOutputStream deflated = new ByteArrayOutputStream();
            try (DeflaterOutputStream out =
                    new DeflaterOutputStream(deflated, new Deflater(Deflater.DEFAULT_COMPRESSION, true))) {
                out.write(xml.getBytes(StandardCharsets.UTF_8));
            }
            String query = "SAMLRequest=" + encoded(Base64.getEncoder().encodeToString(deflated.toByteArray()))
                    + "&RelayState=r%20s&SigAlg=" + encoded(RSA_SHA256);
            if (signs == null) {
                return query;
            }
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(signs.getPrivate());
            signature.update(query.getBytes(StandardCharsets.US_ASCII));
            return query + "&Signature=" + encoded(Base64.getEncoder().encodeToString(signature.sign()));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
