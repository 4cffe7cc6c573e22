package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.account.Role;
import io.carom.server.http.ApiDoc;
import io.carom.server.http.Cost;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.server.out.Sending;
import io.carom.server.out.Shapes;
import io.carom.server.out.Targets;
import io.carom.view.View;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Incidents out of here: as files, and to where they are sent by themselves.
final class TargetRoutes {
    private static final List<String> SEVERITIES = List.of("critical", "high", "medium", "low", "informational");

    private final Desk desk;
    private final Targets targets;
    private final Sending sending;

    TargetRoutes(Desk desk, Targets targets, Sending sending) {
        this.desk = desk;
        this.targets = targets;
        this.sending = sending;
    }

    List<Route> routes() {
        return List.of(
                Given.get(
                                "incidents/{incident}/export/{form}",
                                Role.ANYBODY,
                                ApiDoc.of(
                                        "An incident in the shape that another program takes: "
                                                + String.join(", ", Shapes.FORMS),
                                        "",
                                        ApiDoc.JSON),
                                this::export)
                        .costing(Cost.COSTLY),
                Given.get(
                        "targets",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("Where incidents are sent to", "Targets"),
                        (c, p) -> all(targets)),
                Given.post(
                        "targets",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("Makes a target, or changes one", "Targets").takes("TargetText"),
                        this::put),
                Given.delete(
                        "targets/{target}",
                        Role.ADMINISTRATORS,
                        ApiDoc.of("Takes a target away", "Targets"),
                        (c, p) -> {
                            Given.there(targets.remove(c.pathParam("target")));
                            return all(targets);
                        }),
                Given.post(
                                "targets/{target}/test",
                                Role.ADMINISTRATORS,
                                ApiDoc.of("Sends a target the incident that is worst now, or one made up", "Targets")
                                        .takes("Nothing"),
                                this::test)
                        .costing(Cost.COSTLY));
    }

    private static String base(Context c) {
        return (c.req().isSecure() ? "https://" : "http://") + Objects.requireNonNullElse(c.header("Host"), "localhost")
                + "/";
    }

    private JsonNode export(Context c, Person person) throws IOException, Refused {
        String form = c.pathParam("form");
        View view = desk.view(person);
        ObjectNode incident = Given.there(view.incident(c.pathParam("incident")));
        if (!Shapes.FORMS.contains(form)) {
            throw Refused.notThere();
        }
        String id = incident.path("id").asString("").replaceAll("[^A-Za-z0-9-]", "");
        c.header(
                "Content-Disposition",
                "attachment; filename=\"" + id + (form.equals("json") ? "" : "-" + form) + ".json\"");
        return Shapes.of(form, incident, base(c) + "incidents/" + id);
    }

    static ObjectNode all(Targets targets) throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        var into = out.putArray("targets");
        for (Targets.Target one : targets.all()) {
            into.addObject()
                    .put("name", one.name())
                    .put("form", one.form())
                    .put("host", host(one))
                    .put("severity", one.severity())
                    .put("client", one.client())
                    .put("last", targets.last(one.name()));
        }
        return out;
    }

    /// Of an address that is a secret the part that is none.
    private static String host(Targets.Target one) {
        return one.form().equals("mail")
                ? one.address().substring("mailto:".length())
                : URI.create(one.address()).getHost();
    }

    private ObjectNode put(Context c, Person person) throws IOException, Refused {
        Body body = Body.of(c);
        String name = body.text("name", 60);
        String form = body.text("form", 20);
        String address = body.text("address", 2000);
        String severity = body.text("severity", 20);
        String client = body.optional("client", 200).strip();
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw Refused.notUnderstood("\"name\": letters, digits, dots and dashes.");
        }
        if (!Targets.FORMS.contains(form) || !SEVERITIES.contains(severity)) {
            throw Refused.notUnderstood("\"form\" is one of " + String.join(", ", Targets.FORMS)
                    + ", \"severity\" one of " + String.join(", ", SEVERITIES) + ".");
        }
        if (form.equals("mail")) {
            String mailbox = address.startsWith("mailto:") ? address.substring("mailto:".length()) : address;
            if (!Targets.isMailbox(mailbox)) {
                throw Refused.notUnderstood("\"address\": expected a mail address.");
            }
            address = "mailto:" + mailbox;
        } else {
            web(address);
        }
        Targets.Target target = new Targets.Target(
                name,
                form,
                address,
                body.optional("secret", 2000),
                severity,
                client.isEmpty() ? null : client,
                base(c));
        sending.begin(target);
        targets.put(target);
        return all(targets);
    }

    private static void web(String address) throws Refused {
        try {
            URI uri = URI.create(address);
            if (uri.getHost() == null
                    || uri.getUserInfo() != null
                    || !List.of("https", "http").contains(uri.getScheme())) {
                throw new IllegalArgumentException("no host");
            }
        } catch (IllegalArgumentException e) {
            throw Refused.notUnderstood("\"address\": expected https://host/… without a name and password in it.");
        }
    }

    private ObjectNode test(Context c, Person person) throws IOException, Refused {
        String name = c.pathParam("target");
        Targets.Target target = targets.all().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(Refused::notThere);
        String client = target.client();
        View view = client == null ? desk.view(person) : desk.views().of(io.carom.view.Sight.of(client));
        List<ObjectNode> incidents = view.incidents();
        String fault = sending.send(target, incidents.isEmpty() ? example(client) : incidents.getFirst());
        if (!fault.isEmpty()) {
            throw new Refused(400, "It did not go", fault);
        }
        return all(targets);
    }

    private ObjectNode example(@org.jspecify.annotations.Nullable String client) {
        ObjectNode out = Desk.JSON.createObjectNode();
        out.put("id", "inc-000000000000")
                .put("client", client == null ? "nobody" : client)
                .put("title", "A test of Carom: nothing happened")
                .put("summary", "This was sent to see that it arrives.")
                .put("severity", "informational")
                .put("status", "new")
                .put("first_seen", desk.now().toString())
                .put("last_seen", desk.now().toString());
        out.putObject("clocks").put("detected", desk.now().toString());
        for (String name : List.of("actions", "findings", "indicators", "techniques", "path")) {
            out.putArray(name);
        }
        return out;
    }
}
