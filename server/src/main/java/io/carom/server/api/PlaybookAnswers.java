package io.carom.server.api;

import io.carom.server.account.Person;
import io.carom.server.http.Refused;
import io.carom.view.Playbooks;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers about playbooks.
public final class PlaybookAnswers {
    private final Desk desk;
    private final Playbooks playbooks;

    public PlaybookAnswers(Desk desk) {
        this.desk = desk;
        this.playbooks = new Playbooks(desk.home());
    }

    /// The playbook of an incident with what was done of it.
    public ObjectNode of(Person person, String id) throws IOException, Refused {
        var view = desk.view(person);
        JsonNode incident = Given.there(view.incident(id));
        return Playbooks.read(playbooks.of(incident.path("playbook").asString("")), view.ticks(id));
    }

    /// The text of a step of an incident's playbook; null if it has none of that key.
    @Nullable
    String step(JsonNode incident, String key) throws IOException {
        ObjectNode read = Playbooks.read(playbooks.of(incident.path("playbook").asString("")), Map.of());
        for (JsonNode section : read.path("sections")) {
            for (JsonNode item : section.path("items")) {
                if (item.path("key").asString("").equals(key)) {
                    return item.path("text").asString("");
                }
            }
        }
        return null;
    }

    /// All playbooks, as they are edited.
    public ObjectNode all() throws IOException {
        ObjectNode out = Desk.JSON.createObjectNode();
        var all = out.putArray("playbooks");
        for (String kind : Playbooks.KINDS) {
            Playbooks.Playbook one = playbooks.of(kind);
            all.addObject().put("kind", kind).put("text", one.text()).put("own", one.own());
        }
        return out;
    }

    ObjectNode put(String kind, String text) throws IOException, Refused {
        if (!Playbooks.KINDS.contains(kind)) {
            throw Refused.notThere();
        }
        playbooks.put(kind, text);
        return all();
    }
}
