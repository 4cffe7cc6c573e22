package io.carom.intel;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// Reads OpenIOC 1.0 and 1.1. A document type is refused, with it entities and whatever lies elsewhere.
///
/// Items under `OR` are indicators each. Items under `AND` mean something only together: a hash among them tells
/// by itself, the others are left out.
final class OpenIocReader {
    private static final int MAX_DEPTH = 200;

    private OpenIocReader() {}

    static void read(InputStream bytes, String document, Gathered into) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        // Without one the JDK's parser writes to standard error.
        factory.setXMLReporter((message, error, information, location) -> {});
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("it refers to something outside: " + systemId);
        });
        XMLStreamReader xml = null;
        try {
            xml = factory.createXMLStreamReader(bytes);
            read(xml, document, into);
        } catch (XMLStreamException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof IntelDocument.TooLarge large) {
                    throw large;
                }
            }
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNumber());
            String text = String.valueOf(e.getMessage());
            int message = text.indexOf("Message: ");
            into.fault(document + ":" + line + ": no XML that is read: "
                    + (message < 0 ? text : text.substring(message + 9))
                            .lines()
                            .findFirst()
                            .orElse(""));
        } catch (RuntimeException e) {
            // The JDK's parser throws such on input it was not made for.
            into.fault(document + ":1: no XML that is read: " + e);
        }
    }

    private static void read(XMLStreamReader xml, String document, Gathered into) throws XMLStreamException {
        Deque<String> operators = new ArrayDeque<>();
        String search = "";
        String content = "";
        String id = "";
        String description = "";
        String author = "";
        boolean negated = false;
        int depth = 0;
        boolean openIoc = false;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.DTD) {
                into.fault(document + ":" + xml.getLocation().getLineNumber()
                        + ": a document type; OpenIOC has none, and entities are not read. Take it out.");
                return;
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                if (++depth > MAX_DEPTH) {
                    into.fault(document + ":" + xml.getLocation().getLineNumber() + ": deeper than " + MAX_DEPTH
                            + " elements");
                    return;
                }
                String name = xml.getLocalName();
                if (depth == 1 && !name.toLowerCase(Locale.ROOT).equals("ioc") && !name.equals("OpenIOC")) {
                    into.fault(document + ":" + xml.getLocation().getLineNumber() + ": expected OpenIOC, found <" + name
                            + ">");
                    return;
                }
                openIoc = true;
                switch (name) {
                    case "short_description" -> {
                        description = xml.getElementText();
                        depth--;
                    }
                    case "authored_by" -> {
                        author = xml.getElementText();
                        depth--;
                    }
                    case "Indicator" ->
                        operators.push(attribute(xml, "operator").toUpperCase(Locale.ROOT));
                    case "IndicatorItem" -> {
                        id = attribute(xml, "id");
                        search = "";
                        content = "";
                        negated = attribute(xml, "negate").equals("true")
                                || attribute(xml, "condition").endsWith("not");
                    }
                    case "Context" -> search = attribute(xml, "search");
                    case "Content" -> {
                        content = xml.getElementText();
                        depth--;
                    }
                    default -> {}
                }
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
                if (xml.getLocalName().equals("Indicator") && !operators.isEmpty()) {
                    operators.pop();
                } else if (xml.getLocalName().equals("IndicatorItem")) {
                    Facts.Draft facts = Facts.at(document + "#" + (id.isEmpty() ? "item" : id));
                    facts.id = id;
                    facts.comment = description;
                    facts.source = author;
                    item(facts, search, content, negated, operators.contains("AND"), into);
                }
            }
        }
        if (!openIoc) {
            into.fault(document + ":1: no OpenIOC");
        }
    }

    private static void item(
            Facts.Draft facts, String search, String content, boolean negated, boolean together, Gathered into) {
        IntelType type = type(search);
        if (type == null) {
            into.leave("OpenIOC item \"" + (search.length() > 80 ? search.substring(0, 80) : search)
                    + "\" names nothing that is compared");
        } else if (negated) {
            into.leave("OpenIOC item that must not be there");
        } else if (together && type != IntelType.HASH) {
            into.leave("OpenIOC item that means something only together with others");
        } else if (!ListReader.add(into, type.label(), content, facts.done())) {
            into.fault(facts.origin + ": \"" + (content.length() > 120 ? content.substring(0, 120) + "…" : content)
                    + "\" is no " + type.label());
        }
    }

    private static @Nullable IntelType type(String search) {
        String low = search.toLowerCase(Locale.ROOT);
        if (low.endsWith("md5sum") || low.endsWith("sha1sum") || low.endsWith("sha256sum") || low.endsWith("/sha256")) {
            return IntelType.HASH;
        }
        return switch (low) {
            case "network/dns",
                    "dnsentryitem/recordname",
                    "dnsentryitem/host",
                    "portitem/remotehost",
                    "urlhistoryitem/hostname" -> IntelType.DOMAIN;
            case "network/uri", "urlhistoryitem/url", "network/url", "formhistoryitem/url" -> IntelType.URL;
            case "portitem/remoteip",
                    "portitem/remoteipaddress",
                    "network/ip",
                    "routeentryitem/destination",
                    "dnsentryitem/recorddata/ipv4address" -> IntelType.IP;
            case "email/from", "email/sender", "email/replyto" -> IntelType.EMAIL;
            case "fileitem/filename", "driveritem/drivername", "processitem/name" -> IntelType.FILE_NAME;
            case "fileitem/fullpath", "fileitem/filepath", "processitem/path" -> IntelType.FILE_PATH;
            case "registryitem/keypath", "registryitem/path" -> IntelType.REGISTRY_KEY;
            case "processitem/handlelist/handle/name", "mutexitem/name" -> IntelType.MUTEX;
            case "network/useragent" -> IntelType.USER_AGENT;
            case "useritem/username" -> IntelType.ACCOUNT;
            default -> null;
        };
    }

    private static String attribute(XMLStreamReader xml, String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : value;
    }
}
