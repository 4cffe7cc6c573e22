package io.carom.server.provider;

import static io.carom.server.provider.NotAdmitted.cut;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Signing in by SAML 2.0: the Web Browser SSO profile as a service provider, and Single Logout by
/// HTTP-Redirect. What lets somebody in is read from the octets that the provider signed
/// ({@link SignedXml}); what else is in an answer can only be a reason to refuse it. For any number of
/// threads.
final class Saml implements Protocol {
    private static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion";
    private static final String SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol";
    private static final String BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    private static final String SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success";
    private static final String TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    private static final Set<String> CONDITIONS = Set.of("AudienceRestriction", "OneTimeUse", "ProxyRestriction");

    /// Claims of an assertion that are no attributes.
    static final String NAME_ID = "NameID";

    static final String CONTEXT = "AuthnContextClassRef";

    private static final int LONGEST = 1 << 18;
    private static final int MOST_VALUES = 2_000;
    /// Section 3.4.3 of the bindings.
    private static final int LONGEST_STATE = 80;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SamlSettings settings;
    private final SamlKey key;
    private final InstantSource clock;
    private final Times times;

    Saml(SamlSettings settings, SamlKey key, InstantSource clock) {
        this.settings = settings;
        this.key = key;
        this.clock = clock;
        this.times = new Times(clock, settings.skew());
    }

    @Override
    public SamlSettings settings() {
        return settings;
    }

    @Override
    public String kind() {
        return "SAML 2.0";
    }

    @Override
    public boolean posts() {
        return true;
    }

    @Override
    public boolean takesUnasked() {
        return settings.unsolicited();
    }

    private SamlSource.Known known() throws ProviderDown {
        SamlSource.Known known = settings.source().read();
        Instant until = known.until();
        if (until != null && !clock.instant().isBefore(until)) {
            throw new ProviderDown(
                    settings.name() + ": its metadata is good until " + until + "; get it anew from the provider");
        }
        return known;
    }

    // ---- what this server says of itself

    @Override
    public String metadata() {
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
              <md:SPSSODescriptor AuthnRequestsSigned="%s" WantAssertionsSigned="true" protocolSupportEnumeration="%s">
                <md:KeyDescriptor use="signing">
                  <ds:KeyInfo xmlns:ds="%s"><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
                </md:KeyDescriptor>
                <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/>
                <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0" isDefault="true"/>
              </md:SPSSODescriptor>
            </md:EntityDescriptor>
            """.formatted(
                        Xml.escaped(settings.entity()),
                        settings.signs(),
                        SAMLP,
                        SignedXml.DS,
                        key.certificate(),
                        Xml.escaped(settings.out().toString()),
                        Xml.escaped(settings.back().toString()));
    }

    /// A message of this server's.
    ///
    /// @param more attributes besides those that every message has
    private String message(String name, String id, URI to, String more, String content) {
        return "<samlp:" + name + " xmlns:samlp=\"" + SAMLP + "\" xmlns:saml=\"" + SAML + "\" ID=\"" + id
                + "\" Version=\"2.0\" IssueInstant=\""
                + clock.instant().truncatedTo(ChronoUnit.MILLIS) + "\" Destination=\"" + Xml.escaped(to.toString())
                + "\"" + more + "><saml:Issuer>" + Xml.escaped(settings.entity()) + "</saml:Issuer>" + content
                + "</samlp:" + name + ">";
    }

    private static String id(String of) {
        // An ID begins with no digit.
        return "_" + of;
    }

    private static String randomId() {
        byte[] random = new byte[20];
        RANDOM.nextBytes(random);
        return id(HexFormat.of().formatHex(random));
    }

    // ---- there

    @Override
    public URI leading(Pending pending) throws ProviderDown {
        SamlSource.Known known = known();
        String request = message(
                "AuthnRequest",
                id(pending.nonce()),
                known.sso(),
                " AssertionConsumerServiceURL=\"" + Xml.escaped(settings.back().toString())
                        + "\" ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"",
                "<samlp:NameIDPolicy AllowCreate=\"true\"/>");
        return SamlRedirect.address(
                known.sso(),
                "SAMLRequest",
                request,
                pending.state(),
                settings.signs() || known.wantsSigned() ? key : null);
    }

    // ---- and back

    @Override
    public Arrived arrived(@Nullable Pending pending, Answer answer) throws NotAdmitted, ProviderDown {
        if (!(answer instanceof Answer.Response brought)) {
            throw NotAdmitted.wrong("a provider of SAML answers by a form");
        }
        SamlSource.Known known = known();
        String asked = pending == null ? "" : id(pending.nonce());
        try {
            Document document = Xml.parsed(octets(brought.response()));
            Element response = document.getDocumentElement();
            shape(document);
            envelope(response, asked);
            Element assertion = Xml.optional(response, SAML, "Assertion");
            Element read;
            if (SignedXml.isSigned(response)) {
                Element signed = SignedXml.signed(response, known.keys());
                envelope(signed, asked);
                read = Xml.only(signed, SAML, "Assertion");
            } else if (assertion != null && SignedXml.isSigned(assertion)) {
                read = SignedXml.signed(assertion, known.keys());
            } else {
                throw NotAdmitted.wrong("neither its answer nor the assertion in it is signed");
            }
            return somebody(read, asked);
        } catch (Xml.Unreadable e) {
            throw NotAdmitted.wrong("its answer: " + e.getMessage());
        }
    }

    private static byte[] octets(String encoded) throws NotAdmitted {
        if (encoded.isEmpty() || encoded.length() > LONGEST) {
            throw NotAdmitted.wrong(encoded.isEmpty() ? "it sent no answer" : "its answer is longer than " + LONGEST);
        }
        try {
            return Base64.getMimeDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw NotAdmitted.wrong("its answer is not in base64");
        }
    }

    /// One answer with one assertion in it, a signature in each at most, and no two things of one name.
    private static void shape(Document document) throws NotAdmitted {
        Element root = document.getDocumentElement();
        if (!Xml.is(root, SAMLP, "Response")) {
            throw NotAdmitted.wrong("its answer is a \"" + cut(root.getNodeName()) + "\"");
        }
        Set<String> ids = new HashSet<>();
        for (Element one : Xml.elements(document)) {
            Node parent = one.getParentNode();
            boolean inRoot = root.isSameNode(parent);
            if (!root.isSameNode(one) && Xml.is(one, SAMLP, "Response") || !inRoot && Xml.is(one, SAML, "Assertion")) {
                throw NotAdmitted.wrong("there is a \"" + cut(one.getNodeName()) + "\" where none belongs");
            }
            if (Xml.is(one, SignedXml.DS, "Signature") && !inRoot && !Xml.is(parent, SAML, "Assertion")) {
                throw NotAdmitted.wrong("there is a signature where none belongs");
            }
            if (one.getLocalName().equals("EncryptedAssertion")) {
                throw NotAdmitted.wrong("its assertion is encrypted, and this server has given nobody a key to encrypt"
                        + " by: turn encryption of assertions off at the provider (TLS protects them)");
            }
            for (int i = 0; i < one.getAttributes().getLength(); i++) {
                Node attribute = one.getAttributes().item(i);
                String name = String.valueOf(attribute.getLocalName());
                if (name.toLowerCase(Locale.ROOT).equals("id") && !ids.add(attribute.getNodeValue())) {
                    throw NotAdmitted.wrong("two things in it are of one ID");
                }
            }
        }
        if (Xml.children(root, SAML, "Assertion").size() > 1) {
            throw NotAdmitted.wrong("there is more than one assertion");
        }
    }

    /// What an answer says of itself, signed or not: all of it must be right, and nobody is let in
    /// by it.
    ///
    /// @param asked by what ID; empty where nobody asked
    private void envelope(Element response, String asked) throws NotAdmitted, Xml.Unreadable {
        Element status = Xml.only(Xml.only(response, SAMLP, "Status"), SAMLP, "StatusCode");
        if (!Xml.attribute(status, "Value").equals(SUCCESS)) {
            Element more = Xml.optional(status, SAMLP, "StatusCode");
            throw NotAdmitted.wrong("the provider says \"" + cut(Xml.attribute(status, "Value")) + "\""
                    + (more == null ? "" : ", \"" + cut(Xml.attribute(more, "Value")) + "\""));
        }
        version(response);
        times.made("answer", instant(response, "IssueInstant"));
        Element issuer = Xml.optional(response, SAML, "Issuer");
        if (issuer != null) {
            issuer("answer", issuer);
        }
        String destination = Xml.attribute(response, "Destination");
        if (destination.isEmpty()
                ? SignedXml.isSigned(response)
                : !destination.equals(settings.back().toString())) {
            throw NotAdmitted.wrong("the answer was sent to \"" + cut(destination) + "\"");
        }
        String of = Xml.attribute(response, "InResponseTo");
        if (!of.isEmpty() && !of.equals(asked)) {
            throw another(of);
        }
    }

    private static NotAdmitted another(String id) {
        return NotAdmitted.wrong("the answer is of another sign-in: it is to \"" + cut(id) + "\"");
    }

    private static void version(Element of) throws NotAdmitted {
        if (!Xml.attribute(of, "Version").equals("2.0")) {
            throw NotAdmitted.wrong(
                    "its " + of.getLocalName() + " is of the version \"" + cut(Xml.attribute(of, "Version")) + "\"");
        }
    }

    private void issuer(String what, Element issuer) throws NotAdmitted, Xml.Unreadable {
        if (!Xml.text(issuer).equals(settings.issuer())) {
            throw NotAdmitted.wrong("the " + what + " is of the issuer \"" + cut(Xml.text(issuer)) + "\"");
        }
    }

    /// Null where it is not said.
    private static @Nullable Instant instant(Element of, String name) throws NotAdmitted {
        String said = Xml.attribute(of, name);
        try {
            return said.isEmpty() ? null : Instant.parse(said);
        } catch (DateTimeParseException e) {
            throw NotAdmitted.wrong(name + " is \"" + cut(said) + "\", which is no time");
        }
    }

    // ---- the assertion

    /// Section 4.1.4 of the profiles.
    ///
    /// @param assertion as it was signed
    private Arrived somebody(Element assertion, String asked) throws NotAdmitted, Xml.Unreadable {
        version(assertion);
        issuer("assertion", Xml.only(assertion, SAML, "Issuer"));
        times.made("assertion", instant(assertion, "IssueInstant"));
        Element subject = Xml.only(assertion, SAML, "Subject");
        confirmed(subject, asked);
        conditions(Xml.only(assertion, SAML, "Conditions"));
        Element name = Xml.only(subject, SAML, "NameID");
        List<Element> statements = Xml.children(assertion, SAML, "AuthnStatement");
        if (statements.isEmpty()) {
            throw NotAdmitted.wrong("the assertion does not say that anybody signed in");
        }
        Instant until = null;
        for (Element one : statements) {
            Instant over = instant(one, "SessionNotOnOrAfter");
            if (over != null) {
                times.notOver("session at the provider", over);
                until = until == null || over.isBefore(until) ? over : until;
            }
        }
        Claims claims = claims(assertion, Xml.text(name), statements);
        String session = Xml.attribute(statements.getFirst(), "SessionIndex");
        return Arrived.of(
                settings,
                subject(name, claims),
                claims,
                session,
                token(name, session),
                until,
                new Once("assertion " + settings.name() + " " + Xml.attribute(assertion, "ID"), times.spent()));
    }

    private void confirmed(Element subject, String asked) throws NotAdmitted, Xml.Unreadable {
        NotAdmitted why = NotAdmitted.wrong("the assertion is for nobody who brings it (bearer)");
        for (Element one : Xml.children(subject, SAML, "SubjectConfirmation")) {
            if (Xml.attribute(one, "Method").equals(BEARER)) {
                try {
                    bearer(Xml.only(one, SAML, "SubjectConfirmationData"), asked);
                    return;
                } catch (NotAdmitted e) {
                    why = e;
                }
            }
        }
        throw why;
    }

    private void bearer(Element data, String asked) throws NotAdmitted {
        String recipient = Xml.attribute(data, "Recipient");
        if (!recipient.equals(settings.back().toString())) {
            throw NotAdmitted.wrong("the assertion is for \"" + cut(recipient) + "\" to receive, not for this server");
        }
        String of = Xml.attribute(data, "InResponseTo");
        if (!of.equals(asked)) {
            throw another(of);
        }
        times.notOver("assertion", instant(data, "NotOnOrAfter"));
        times.come("assertion", instant(data, "NotBefore"));
    }

    private void conditions(Element conditions) throws NotAdmitted, Xml.Unreadable {
        if (!Xml.attribute(conditions, "NotOnOrAfter").isEmpty()) {
            times.notOver("assertion", instant(conditions, "NotOnOrAfter"));
        }
        times.come("assertion", instant(conditions, "NotBefore"));
        for (Element one : Xml.children(conditions)) {
            if (!SAML.equals(one.getNamespaceURI()) || !CONDITIONS.contains(one.getLocalName())) {
                throw NotAdmitted.wrong(
                        "the assertion has a condition \"" + cut(one.getNodeName()) + "\", which is not known here");
            }
        }
        List<Element> restrictions = Xml.children(conditions, SAML, "AudienceRestriction");
        for (Element one : restrictions) {
            List<String> audience = new ArrayList<>();
            for (Element each : Xml.children(one, SAML, "Audience")) {
                audience.add(Xml.text(each));
            }
            if (!audience.contains(settings.entity())) {
                throw NotAdmitted.wrong("the assertion is for " + cut(audience.toString()) + ", not for this server");
            }
        }
        if (restrictions.isEmpty()) {
            throw NotAdmitted.wrong("the assertion is for anybody, not for this server");
        }
    }

    private static Claims claims(Element assertion, String name, List<Element> statements) throws Xml.Unreadable {
        Map<String, Object> all = new LinkedHashMap<>();
        int values = 0;
        for (Element statement : Xml.children(assertion, SAML, "AttributeStatement")) {
            for (Element attribute : Xml.children(statement, SAML, "Attribute")) {
                List<String> into = new ArrayList<>();
                for (Element value : Xml.children(attribute, SAML, "AttributeValue")) {
                    if (Xml.isText(value) && values++ < MOST_VALUES) {
                        into.add(Xml.text(value));
                    }
                }
                all.merge(Xml.attribute(attribute, "Name"), into, Saml::both);
            }
        }
        List<String> contexts = new ArrayList<>();
        for (Element statement : statements) {
            Element context = Xml.optional(statement, SAML, "AuthnContext");
            Element said = context == null ? null : Xml.optional(context, SAML, CONTEXT);
            if (said != null) {
                contexts.add(Xml.text(said));
            }
        }
        all.put(NAME_ID, name);
        all.put(CONTEXT, contexts);
        return new Claims(all);
    }

    private static Object both(Object one, Object other) {
        List<Object> all = new ArrayList<>((List<?>) one);
        all.addAll((List<?>) other);
        return all;
    }

    private String subject(Element name, Claims claims) throws NotAdmitted, Xml.Unreadable {
        String by = settings.subjectClaim();
        if (by != null) {
            List<String> values = claims.of(by);
            if (values.size() != 1) {
                throw NotAdmitted.wrong("the assertion says \"" + by + "\" " + values.size() + " times, not once");
            }
            return Arrived.subject(values.getFirst());
        }
        if (Xml.attribute(name, "Format").equals(TRANSIENT)) {
            throw NotAdmitted.wrong("the assertion's NameID is for one session alone (transient): have the provider"
                    + " send a persistent one, or name a subject_claim in " + SignInFile.NAME);
        }
        return Arrived.subject(Xml.text(name));
    }

    // ---- and out

    /// What is needed to name somebody's session to the provider once more.
    private static String token(Element name, String session) throws Xml.Unreadable {
        return JSON.writeValueAsString(JSON.createObjectNode()
                .put("name", Xml.text(name))
                .put("format", Xml.attribute(name, "Format"))
                .put("qualifier", Xml.attribute(name, "NameQualifier"))
                .put("spQualifier", Xml.attribute(name, "SPNameQualifier"))
                .put("session", session));
    }

    @Override
    public boolean hasLeaving() {
        try {
            return known().slo() != null;
        } catch (ProviderDown e) {
            return false;
        }
    }

    /// Section 4.4 of the profiles: a request, which has to name the session and to be signed.
    @Override
    public @Nullable URI leaving(URI backTo, String token) {
        try {
            URI to = known().slo();
            JsonNode kept = JSON.readTree(token);
            if (to == null || kept.path("name").asString("").isEmpty()) {
                return null;
            }
            String session = kept.path("session").asString("");
            String request = message(
                    "LogoutRequest",
                    randomId(),
                    to,
                    "",
                    "<saml:NameID" + said("Format", kept.path("format")) + said("NameQualifier", kept.path("qualifier"))
                            + said("SPNameQualifier", kept.path("spQualifier")) + ">"
                            + Xml.escaped(kept.path("name").asString("")) + "</saml:NameID>"
                            + (session.isEmpty()
                                    ? ""
                                    : "<samlp:SessionIndex>" + Xml.escaped(session) + "</samlp:SessionIndex>"));
            return SamlRedirect.address(to, "SAMLRequest", request, "", key);
        } catch (ProviderDown | JacksonException e) {
            return null;
        }
    }

    private static String said(String attribute, JsonNode value) {
        String text = value.asString("");
        return text.isEmpty() ? "" : " " + attribute + "=\"" + Xml.escaped(text) + "\"";
    }

    @Override
    public LoggedOut loggedOut(String query) throws NotAdmitted, ProviderDown {
        SamlSource.Known known = known();
        SamlRedirect.Request request = SamlRedirect.request(query, known.keys());
        Element root = request.root();
        try {
            if (!Xml.is(root, SAMLP, "LogoutRequest")) {
                throw NotAdmitted.wrong("its request is a \"" + cut(root.getNodeName()) + "\"");
            }
            version(root);
            issuer("request", Xml.only(root, SAML, "Issuer"));
            times.made("request", instant(root, "IssueInstant"));
            if (!Xml.attribute(root, "NotOnOrAfter").isEmpty()) {
                times.notOver("request", instant(root, "NotOnOrAfter"));
            }
            if (!Xml.attribute(root, "Destination").equals(settings.out().toString())) {
                throw NotAdmitted.wrong("the request was sent to \"" + cut(Xml.attribute(root, "Destination")) + "\"");
            }
            String id = Xml.attribute(root, "ID");
            List<String> sessions = new ArrayList<>();
            for (Element one : Xml.children(root, SAMLP, "SessionIndex")) {
                sessions.add(Xml.text(one));
            }
            // Where people are known by an attribute, their NameID names nobody here.
            String subject =
                    settings.subjectClaim() == null ? Arrived.subject(Xml.text(Xml.only(root, SAML, "NameID"))) : "";
            if (id.isBlank() || subject.isEmpty() && sessions.isEmpty()) {
                throw NotAdmitted.wrong("the request has no ID, or names no session");
            }
            URI to = known.sloAnswer();
            return new LoggedOut(
                    settings.issuer(), subject, sessions, id, to == null ? null : answer(to, id, request.state()));
        } catch (Xml.Unreadable e) {
            throw NotAdmitted.wrong("its request: " + e.getMessage());
        }
    }

    private URI answer(URI to, String asked, String state) {
        String message = message(
                "LogoutResponse",
                randomId(),
                to,
                " InResponseTo=\"" + Xml.escaped(asked) + "\"",
                "<samlp:Status><samlp:StatusCode Value=\"" + SUCCESS + "\"/></samlp:Status>");
        return SamlRedirect.address(to, "SAMLResponse", message, state.length() <= LONGEST_STATE ? state : "", key);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
