package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.lake.LakeWriter;
import io.carom.source.input.Fingerprint;
import java.io.IOException;
import java.util.Set;

/// Keeps what the line reads, and tells it what is kept already.
public final class LakeStage implements Stage, History {
    private final LakeWriter lake;

    public LakeStage(LakeWriter lake) {
        this.lake = lake;
    }

    @Override
    public Known find(String client, String path, Fingerprint fingerprint, Set<String> except) throws IOException {
        LakeWriter.Known known = lake.find(client, path, fingerprint, except);
        return new Known(known.id(), known.records(), known.bytes(), known.sha256());
    }

    @Override
    public void reached(Input input, Fingerprint fingerprint, Position at) {
        lake.reached(input.client(), input.id(), fingerprint, at.records(), at.bytes(), at.sha256());
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) throws IOException {
        lake.take(
                input.client(),
                input.id(),
                input.path(),
                input.kept(),
                batch,
                position.records(),
                position.bytes(),
                position.sha256(),
                input.as());
    }

    @Override
    public void end(Input input) throws IOException {
        lake.end(input.client(), input.id());
    }

    @Override
    public void finish() throws IOException {
        lake.flush();
    }
}
