package io.carom.server.provider;

import static io.carom.server.provider.NotAdmitted.cut;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/// What a provider signed by XML Signature, as the profile of SAML 2.0 has it (core, section 5.4). The
/// JDK checks the signature and keeps the octets that it computed the digest of; these are parsed anew,
/// and what is read is read from them. Whatever else the document held is not there any more.
final class SignedXml {
    /// The namespace of signatures and keys.
    static final String DS = XMLSignature.XMLNS;

    /// Signatures by a private key that the provider alone has, over SHA-256 or longer.
    static final Set<String> SIGNATURES = Set.of(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
            "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512");

    private static final Map<String, String> DIGESTS = Map.of(
            "http://www.w3.org/2001/04/xmlenc#sha256", "SHA-256",
            "http://www.w3.org/2001/04/xmldsig-more#sha384", "SHA-384",
            "http://www.w3.org/2001/04/xmlenc#sha512", "SHA-512");

    private static final int RSA_BITS = 2_048;
    private static final int EC_BITS = 256;

    private SignedXml() {}

    /// What is wrong with a key that signatures are to be checked by; null for nothing.
    static @Nullable String weakness(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa when rsa.getModulus().bitLength() >= RSA_BITS -> null;
            case ECPublicKey ec when ec.getParams().getCurve().getField().getFieldSize() >= EC_BITS -> null;
            default -> "its key is neither RSA of " + RSA_BITS + " bits nor of a curve of " + EC_BITS;
        };
    }

    static boolean isSigned(Element element) {
        return !Xml.children(element, DS, "Signature").isEmpty();
    }

    /// The element as one of the keys signed it, read anew: the root of a document that holds
    /// nothing else.
    static Element signed(Element element, List<PublicKey> keys) throws NotAdmitted {
        try {
            Element signature = Xml.only(element, DS, "Signature");
            String digest = form(element, signature);
            for (PublicKey key : keys) {
                byte[] octets = octets(element, signature, key, digest);
                if (octets != null) {
                    Element read = Xml.parsed(octets).getDocumentElement();
                    if (!Xml.is(read, element.getNamespaceURI(), element.getLocalName())
                            || !Xml.attribute(read, "ID").equals(Xml.attribute(element, "ID"))) {
                        throw NotAdmitted.wrong("what is signed is not what the signature stands in");
                    }
                    return read;
                }
            }
        } catch (Xml.Unreadable e) {
            throw NotAdmitted.wrong("its signature is of no form that is taken: " + e.getMessage());
        }
        throw NotAdmitted.wrong("it is signed by no key of the provider's, or was changed since");
    }

    /// Before anything is computed: one reference, to the element that the signature stands in, by
    /// nothing but the two transforms of the profile.
    ///
    /// @return the digest's name
    private static String form(Element element, Element signature) throws NotAdmitted, Xml.Unreadable {
        for (Element part : Xml.children(signature)) {
            if (!Xml.is(part, DS, "SignedInfo")
                    && !Xml.is(part, DS, "SignatureValue")
                    && !Xml.is(part, DS, "KeyInfo")) {
                throw NotAdmitted.wrong("its signature holds a \"" + cut(part.getNodeName()) + "\"");
            }
        }
        Xml.only(signature, DS, "SignatureValue");
        Element info = Xml.only(signature, DS, "SignedInfo");
        algorithm(Xml.only(info, DS, "CanonicalizationMethod"), Set.of(CanonicalizationMethod.EXCLUSIVE));
        Element method = Xml.only(info, DS, "SignatureMethod");
        algorithm(method, SIGNATURES);
        Element reference = Xml.only(info, DS, "Reference");
        if (Xml.children(info).size() != 3 || !Xml.children(method).isEmpty()) {
            throw NotAdmitted.wrong("its signature says more of itself than is taken");
        }
        String id = Xml.attribute(element, "ID");
        if (!id.matches("[A-Za-z_][A-Za-z0-9._-]{0,255}")
                || !Xml.attribute(reference, "URI").equals("#" + id)) {
            throw NotAdmitted.wrong("its signature is of \"" + cut(Xml.attribute(reference, "URI"))
                    + "\", and not of the element that it stands in");
        }
        List<Element> transforms = Xml.children(Xml.only(reference, DS, "Transforms"), DS, "Transform");
        if (transforms.size() != 2) {
            throw NotAdmitted.wrong("its signature has " + transforms.size() + " transforms, not two");
        }
        algorithm(transforms.getFirst(), Set.of(Transform.ENVELOPED));
        algorithm(transforms.getLast(), Set.of(CanonicalizationMethod.EXCLUSIVE));
        Element digest = Xml.only(reference, DS, "DigestMethod");
        algorithm(digest, DIGESTS.keySet());
        return Objects.requireNonNull(DIGESTS.get(Xml.attribute(digest, "Algorithm")));
    }

    private static void algorithm(Element of, Set<String> taken) throws NotAdmitted {
        String said = Xml.attribute(of, "Algorithm");
        if (!taken.contains(said)) {
            throw NotAdmitted.wrong(
                    "its signature's " + of.getLocalName() + " is \"" + cut(said) + "\", which is not taken");
        }
    }

    /// The octets that are signed; null if that key did not sign them.
    private static byte @Nullable [] octets(Element element, Element signature, PublicKey key, String digest) {
        DOMValidateContext context = new DOMValidateContext(key, signature);
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        context.setProperty("javax.xml.crypto.dsig.cacheReference", Boolean.TRUE);
        context.setIdAttributeNS(element, null, "ID");
        try {
            XMLSignature made = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            if (!made.validate(context) || made.getSignedInfo().getReferences().size() != 1) {
                return null;
            }
            Reference reference = made.getSignedInfo().getReferences().getFirst();
            try (InputStream kept = reference.getDigestInputStream()) {
                byte[] octets = kept.readAllBytes();
                return MessageDigest.isEqual(
                                MessageDigest.getInstance(digest).digest(octets), reference.getDigestValue())
                        ? octets
                        : null;
            }
        } catch (XMLSignatureException | MarshalException | IllegalArgumentException e) {
            // Not of this kind of key, no base64, or the JDK takes no such signature: by none of the keys then.
            return null;
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new AssertionError("what is in memory is read, by what every Java has", e);
        }
    }
}
