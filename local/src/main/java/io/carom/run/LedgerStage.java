package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.trace.Ledger;

/// Enters what the line reads into the ledger of who talked to whom.
public final class LedgerStage implements Stage {
    private final Ledger ledger;

    public LedgerStage(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) {
        ledger.add(batch, input.client());
    }
}
