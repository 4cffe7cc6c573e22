package io.carom.server.taxii;

import io.carom.intel.json.JsonTree;
import io.carom.server.http.Refused;
import io.carom.taxii.TaxiiObject;
import io.carom.taxii.TaxiiTime;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects that somebody sends, and what came of each: TAXII 2.1, sections 5.5 and 4.3.1.
final class AddedObjects {
    /// Bytes of one envelope.
    static final int LONGEST = 10 << 20;

    private static final JsonMapper JSON = JsonMapper.builder(JsonTree.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private record Failure(String id, String message) {}

    private final List<TaxiiObject> good = new ArrayList<>();
    private final List<Failure> bad = new ArrayList<>();

    private AddedObjects() {}

    static AddedObjects read(Context context) throws IOException, Refused {
        byte[] body = body(context);
        JsonNode envelope;
        try {
            envelope = JSON.readTree(body);
        } catch (JacksonException e) {
            throw Refused.notUnderstood("The envelope is no JSON: " + e.getOriginalMessage());
        }
        if (!(envelope instanceof ObjectNode)) {
            throw Refused.notUnderstood("The envelope is no JSON object.");
        }
        if (!(envelope.get("objects") instanceof ArrayNode objects) || objects.isEmpty()) {
            throw new Refused(422, "No objects", "The envelope has no \"objects\", or none in it.");
        }
        AddedObjects added = new AddedObjects();
        int number = 0;
        for (JsonNode one : objects) {
            number++;
            try {
                added.good.add(TaxiiObject.of(one));
            } catch (IllegalArgumentException e) {
                JsonNode id = one.get("id");
                added.bad.add(new Failure(
                        id != null && id.isString() && id.stringValue().length() <= 300
                                ? id.stringValue()
                                : "object " + number,
                        String.valueOf(e.getMessage())));
            }
        }
        return added;
    }

    private static byte[] body(Context context) throws IOException, Refused {
        Refused tooLarge = new Refused(
                413, "Too large", "An envelope has at most " + LONGEST + " bytes; send the objects in several.");
        if (context.req().getContentLengthLong() > LONGEST) {
            throw tooLarge;
        }
        try (InputStream in = context.req().getInputStream()) {
            byte[] body = in.readNBytes(LONGEST + 1);
            if (body.length > LONGEST) {
                throw tooLarge;
            }
            return body;
        }
    }

    List<TaxiiObject> objects() {
        return good;
    }

    /// @param added for each object whether it was not there yet
    String status(String id, List<Boolean> added, Instant now) {
        ObjectNode status = JSON.createObjectNode();
        status.put("id", id);
        status.put("status", "complete");
        status.put("request_timestamp", TaxiiTime.text(TaxiiTime.micros(now)));
        status.put("total_count", good.size() + bad.size());
        status.put("success_count", good.size());
        if (!good.isEmpty()) {
            ArrayNode successes = status.putArray("successes");
            for (int i = 0; i < good.size(); i++) {
                TaxiiObject object = good.get(i);
                ObjectNode one = successes.addObject();
                one.put("id", object.id());
                one.put("version", version(object, now));
                if (!added.get(i)) {
                    one.put("message", "This version was there already.");
                }
            }
        }
        status.put("failure_count", bad.size());
        if (!bad.isEmpty()) {
            ArrayNode failures = status.putArray("failures");
            for (Failure failure : bad) {
                failures.addObject()
                        .put("id", failure.id)
                        .put("version", TaxiiTime.text(TaxiiTime.micros(now)))
                        .put("message", failure.message);
            }
        }
        status.put("pending_count", 0);
        return JSON.writeValueAsString(status);
    }

    private static String version(TaxiiObject object, Instant now) {
        return TaxiiTime.text(object.version() == TaxiiObject.UNVERSIONED ? TaxiiTime.micros(now) : object.version());
    }
}
