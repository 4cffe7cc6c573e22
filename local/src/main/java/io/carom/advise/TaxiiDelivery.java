package io.carom.advise;

import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Into the client's own TAXII collection, which `carom serve` gives to nobody else.
record TaxiiDelivery(Path home, String client) implements Delivery {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String channel() {
        return "taxii";
    }

    @Override
    public String target() {
        return "collection of " + client;
    }

    @Override
    public String deliver(Parcel parcel) throws IOException {
        List<String> objects = new ArrayList<>();
        String bundle =
                new String(Objects.requireNonNull(parcel.files().get(AdviceFiles.STIX)), StandardCharsets.UTF_8);
        for (JsonNode object : JSON.readTree(bundle).path("objects")) {
            objects.add(JSON.writeValueAsString(object));
        }
        try (CollectionStore store = CollectionStore.open(home)) {
            store.publish(client, objects, parcel.made());
        } catch (IllegalArgumentException e) {
            throw new IOException("the collection refused it: " + e.getMessage(), e);
        }
        return "";
    }
}
