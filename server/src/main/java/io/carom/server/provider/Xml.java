package io.carom.server.provider;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/// XML from outside: elements, attributes and text, and nothing else. No DOCTYPE, so no entities of
/// its own and nothing that is fetched; no instructions; comments are not there, so that a text is
/// whole whatever stands in it. Depth, attributes and names are bounded, those of namespaces too,
/// which the canonical form says again and again; what a document weighs its reader bounds.
final class Xml {
    private static final int DEEPEST = 40;
    private static final int LONGEST_NAMESPACE = 200;

    private Xml() {}

    /// What is no XML that is taken here.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    /// @param octets UTF-8, whatever the document says that it is
    static Document parsed(byte[] octets) throws Unreadable {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
            // Files of metadata often begin with a mark.
            StringReader whole = new StringReader(text.startsWith("\ufeff") ? text.substring(1) : text);
            Document document = builder().parse(new InputSource(whole));
            if (!"1.0".equals(document.getXmlVersion())) {
                throw new Unreadable("it is XML " + document.getXmlVersion());
            }
            plain(document);
            return document;
        } catch (CharacterCodingException e) {
            throw new Unreadable("it is not UTF-8");
        } catch (SAXException e) {
            throw new Unreadable("it is no XML that is taken here: " + NotAdmitted.cut(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new Unreadable("it cannot be read");
        }
    }

    private static DocumentBuilder builder() {
        // The one of the JDK, whichever others stand on the class path.
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        try {
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setAttribute("jdk.xml.maxElementDepth", String.valueOf(DEEPEST));
            factory.setAttribute("jdk.xml.elementAttributeLimit", "50");
            factory.setAttribute("jdk.xml.maxXMLNameLimit", "500");
            factory.setXIncludeAware(false);
            factory.setIgnoringComments(true);
            factory.setCoalescing(true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Throwing());
            return builder;
        } catch (ParserConfigurationException e) {
            throw new AssertionError("every Java can be told so", e);
        }
    }

    /// Otherwise faults are written to the standard error.
    private static final class Throwing implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }

    private static void plain(Document document) throws Unreadable {
        if (document.getDoctype() != null) {
            throw new Unreadable("it has a DOCTYPE");
        }
        for (Node node = document.getFirstChild(); node != null; node = after(node)) {
            if (node.getNodeType() != Node.ELEMENT_NODE && node.getNodeType() != Node.TEXT_NODE) {
                throw new Unreadable("it has something other than elements and text: " + node.getNodeName());
            }
            for (int i = 0; node.hasAttributes() && i < node.getAttributes().getLength(); i++) {
                Node attribute = node.getAttributes().item(i);
                if (XMLConstants.XMLNS_ATTRIBUTE_NS_URI.equals(attribute.getNamespaceURI())
                        && attribute.getNodeValue().length() > LONGEST_NAMESPACE) {
                    throw new Unreadable(
                            "it has a namespace of " + attribute.getNodeValue().length() + " letters");
                }
            }
        }
    }

    /// All elements of a document, in its order.
    static List<Element> elements(Document document) {
        List<Element> all = new ArrayList<>();
        for (Node node = document.getFirstChild(); node != null; node = after(node)) {
            if (node instanceof Element element) {
                all.add(element);
            }
        }
        return all;
    }

    private static @Nullable Node after(Node node) {
        if (node.getFirstChild() != null) {
            return node.getFirstChild();
        }
        Node at = node;
        while (at != null && at.getNextSibling() == null) {
            at = at.getParentNode();
        }
        return at == null ? null : at.getNextSibling();
    }

    static boolean is(@Nullable Node node, String namespace, String name) {
        return node instanceof Element && namespace.equals(node.getNamespaceURI()) && name.equals(node.getLocalName());
    }

    static List<Element> children(Element of) {
        List<Element> all = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                all.add(element);
            }
        }
        return all;
    }

    static List<Element> children(Element of, String namespace, String name) {
        return children(of).stream().filter(one -> is(one, namespace, name)).toList();
    }

    /// The one child of that name.
    static Element only(Element of, String namespace, String name) throws Unreadable {
        List<Element> all = children(of, namespace, name);
        if (all.size() != 1) {
            throw new Unreadable(of.getLocalName() + " has " + all.size() + " " + name + ", not one");
        }
        return all.getFirst();
    }

    /// The child of that name; null where there is none.
    static @Nullable Element optional(Element of, String namespace, String name) throws Unreadable {
        return children(of, namespace, name).isEmpty() ? null : only(of, namespace, name);
    }

    /// Whether it holds text alone.
    static boolean isText(Element of) {
        return children(of).isEmpty();
    }

    /// The whole text of an element, without the spaces around it.
    static String text(Element of) throws Unreadable {
        if (!isText(of)) {
            throw new Unreadable(of.getLocalName() + " holds elements where text is expected");
        }
        return of.getTextContent().strip();
    }

    /// The value of an attribute that is in no namespace; empty where there is none.
    static String attribute(Element of, String name) {
        return of.getAttributeNS(null, name);
    }

    /// A text as it stands in an attribute or an element.
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
