package io.carom.server.out;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An incident in the shapes that other programs take.
public final class Shapes {
    public static final List<String> FORMS = List.of("json", "stix", "thehive", "jira", "servicenow", "slack", "teams");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Integer> HIVE =
            Map.of("critical", 4, "high", 3, "medium", 2, "low", 1, "informational", 1);

    private Shapes() {}

    /// @param address of the incident's page
    public static ObjectNode of(String form, JsonNode it, String address) {
        // Programs take what was found as it is; what people read shows what is not to be seen.
        return form.equals("json") || form.equals("stix") ? told(form, it, address) : told(form, seen(it), address);
    }

    private static ObjectNode told(String form, JsonNode it, String address) {
        return switch (form) {
            case "thehive" -> hive(it, address);
            case "jira" -> jira(it, address);
            case "servicenow" -> serviceNow(it, address);
            case "slack" -> slack(it, address);
            case "teams" -> teams(it, address);
            case "stix" -> StixShape.of(it);
            default -> (ObjectNode) it.deepCopy();
        };
    }

    /// The incident with nothing in its texts that turns a line round, hides in it or ends it.
    static ObjectNode seen(JsonNode it) {
        return (ObjectNode) shown(it);
    }

    private static JsonNode shown(JsonNode node) {
        if (node.isString()) {
            return JSON.getNodeFactory().stringNode(visible(node.asString("")));
        }
        if (node.isArray()) {
            ArrayNode out = JSON.createArrayNode();
            node.forEach(one -> out.add(shown(one)));
            return out;
        }
        if (node.isObject()) {
            ObjectNode out = JSON.createObjectNode();
            node.propertyStream().forEach(p -> out.set(p.getKey(), shown(p.getValue())));
            return out;
        }
        return node;
    }

    static String visible(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || Character.isISOControl(c) && c != '\n' && c != '\t';
            if (hidden) {
                out.append(String.format(Locale.ROOT, "⟨U+%04X⟩", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static String s(JsonNode it, String name) {
        return it.path(name).asString("");
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }

    /// The subject and the text of a mail.
    static String subject(JsonNode it) {
        return cut(
                "[Carom] " + s(it, "severity").toUpperCase(Locale.ROOT) + ", " + s(it, "status") + ": "
                        + s(it, "title").replace('\n', ' '),
                300);
    }

    static String text(JsonNode it, String address) {
        return s(it, "title") + "\n\n" + story(it, address, text -> text) + "\n";
    }

    /// Story, what is to be done and where to look.
    ///
    /// @param plain makes a text what it is where markup is read: what logs said is in it
    private static String story(JsonNode it, String address, UnaryOperator<String> plain) {
        StringBuilder out = new StringBuilder(plain.apply(s(it, "summary"))).append("\n\nTo do:\n");
        for (JsonNode action : it.path("actions")) {
            out.append(plain.apply(action.has("done") ? "[x] " : "[ ] "))
                    .append(plain.apply(action.path("text").asString("")))
                    .append('\n');
        }
        return out.append(SourceAlarms.TYPE.equals(s(it, "type")) ? "\nAlarm " : "\nIncident ")
                .append(s(it, "id"))
                .append(", first seen ")
                .append(s(it, "first_seen"))
                .append(", last seen ")
                .append(s(it, "last_seen"))
                .append("\n")
                .append(address)
                .toString();
    }

    /// An alert of TheHive 5 (`POST /api/v1/alert`).
    private static ObjectNode hive(JsonNode it, String address) {
        ObjectNode out = JSON.createObjectNode();
        out.put("type", "carom").put("source", "carom").put("sourceRef", s(it, "id"));
        out.put("title", cut(s(it, "title"), 512)).put("description", story(it, address, Shapes::plain));
        out.put("severity", HIVE.getOrDefault(s(it, "severity"), 2))
                .put("tlp", 2)
                .put("pap", 2)
                .put("externalLink", address);
        out.put("date", java.time.Instant.parse(s(it, "first_seen")).toEpochMilli());
        ArrayNode tags = out.putArray("tags");
        tags.add("client:" + s(it, "client"));
        it.path("techniques").forEach(t -> tags.add(t.asString("")));
        ArrayNode observables = out.putArray("observables");
        it.path("indicators")
                .forEach(i -> observables
                        .addObject()
                        .put("dataType", type(i.asString("")))
                        .put("data", i.asString("")));
        affected(it)
                .forEach(a -> observables.addObject().put("dataType", type(a)).put("data", a));
        return out;
    }

    private static Set<String> affected(JsonNode it) {
        Set<String> out = new TreeSet<>();
        for (JsonNode finding : it.path("findings")) {
            String affected = finding.path("affected").asString("");
            if (!affected.isEmpty() && out.size() < 200) {
                out.add(affected);
            }
        }
        return out;
    }

    private static String type(String value) {
        if (value.matches("[0-9.]+") || value.matches("[0-9a-fA-F:]*:[0-9a-fA-F:.]+")) {
            return "ip";
        }
        if (value.contains("@")) {
            return "mail";
        }
        if (value.contains("/")) {
            return "url";
        }
        return value.matches("[0-9a-fA-F]{32,64}") ? "hash" : value.contains(".") ? "domain" : "hostname";
    }

    /// An issue of Jira's REST API 2 (`POST /rest/api/2/issue`); project and type of issue are the
    /// receiver's.
    private static ObjectNode jira(JsonNode it, String address) {
        ObjectNode out = JSON.createObjectNode();
        ObjectNode fields = out.putObject("fields");
        fields.put("summary", cut(s(it, "title").replace('\n', ' '), 254))
                .put("description", cut(story(it, address, Shapes::wiki), 32_000));
        fields.putObject("priority")
                .put(
                        "name",
                        switch (s(it, "severity")) {
                            case "critical" -> "Highest";
                            case "high" -> "High";
                            case "medium" -> "Medium";
                            case "low" -> "Low";
                            default -> "Lowest";
                        });
        ArrayNode labels = fields.putArray("labels");
        labels.add("carom").add(label(s(it, "client"))).add(label(s(it, "id")));
        return out;
    }

    /// Jira reads its own markup: macros, mentions, links and pictures that somebody's log asks for.
    private static String wiki(String text) {
        return text.replaceAll("([\\\\{}\\[\\]!|~^*_+#?-])", "\\\\$1");
    }

    /// ServiceNow takes HTML between these.
    private static String uncoded(String text) {
        return text.replaceAll("(?i)\\[(/?code)]", "[ $1 ]");
    }

    private static String label(String text) {
        return text.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /// A record of ServiceNow's table `sn_si_incident` or `incident` (`POST /api/now/table/…`).
    private static ObjectNode serviceNow(JsonNode it, String address) {
        String impact = switch (s(it, "severity")) {
            case "critical", "high" -> "1";
            case "medium" -> "2";
            default -> "3";
        };
        return JSON.createObjectNode()
                .put("short_description", cut(s(it, "title").replace('\n', ' '), 160))
                .put("description", story(it, address, Shapes::uncoded))
                .put("impact", impact)
                .put("urgency", s(it, "status").equals("new") ? impact : "3")
                .put("category", "security")
                .put("correlation_id", s(it, "id"))
                .put("correlation_display", "Carom");
    }

    /// What is shown as markup by a chat is taken out of what logs said.
    private static String chat(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /// A message of Slack's incoming webhooks, in blocks.
    private static ObjectNode slack(JsonNode it, String address) {
        ObjectNode out = JSON.createObjectNode();
        String head = s(it, "severity").toUpperCase(Locale.ROOT) + ": " + s(it, "title");
        out.put("text", chat(cut(head, 300)));
        ArrayNode blocks = out.putArray("blocks");
        blocks.addObject()
                .put("type", "header")
                .putObject("text")
                .put("type", "plain_text")
                .put("text", cut(chat(head), 150));
        blocks.addObject()
                .put("type", "section")
                .putObject("text")
                .put("type", "mrkdwn")
                .put("text", cut(chat(s(it, "summary")), 2900));
        List<String> todo = new ArrayList<>();
        it.path("actions").forEach(a -> todo.add("• " + chat(a.path("text").asString(""))));
        if (!todo.isEmpty()) {
            blocks.addObject()
                    .put("type", "section")
                    .putObject("text")
                    .put("type", "mrkdwn")
                    .put("text", cut(String.join("\n", todo), 2900));
        }
        ObjectNode button =
                blocks.addObject().put("type", "actions").putArray("elements").addObject();
        button.put("type", "button")
                .put("url", address)
                .putObject("text")
                .put("type", "plain_text")
                .put("text", "Open in Carom");
        return out;
    }

    /// A message with an Adaptive Card, as Teams' workflows take it.
    private static ObjectNode teams(JsonNode it, String address) {
        ObjectNode out = JSON.createObjectNode().put("type", "message");
        ObjectNode attachment = out.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive").putNull("contentUrl");
        ObjectNode card = attachment.putObject("content");
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("type", "AdaptiveCard")
                .put("version", "1.4");
        ArrayNode body = card.putArray("body");
        body.addObject()
                .put("type", "TextBlock")
                .put("size", "Large")
                .put("weight", "Bolder")
                .put("wrap", true)
                .put("text", cut(plain(s(it, "title")), 300));
        ArrayNode facts = body.addObject().put("type", "FactSet").putArray("facts");
        facts.addObject().put("title", "Severity").put("value", s(it, "severity"));
        facts.addObject().put("title", "Client").put("value", plain(s(it, "client")));
        facts.addObject().put("title", "State").put("value", s(it, "status"));
        facts.addObject().put("title", "Last seen").put("value", s(it, "last_seen"));
        body.addObject().put("type", "TextBlock").put("wrap", true).put("text", cut(plain(s(it, "summary")), 2000));
        card.putArray("actions")
                .addObject()
                .put("type", "Action.OpenUrl")
                .put("title", "Open in Carom")
                .put("url", address);
        return out;
    }

    /// Cards and TheHive take Markdown: its signs are made plain.
    private static String plain(String text) {
        return text.replaceAll("([\\\\`*_\\[\\]<>#!|~])", "\\\\$1");
    }
}
