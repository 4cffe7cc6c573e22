package io.carom.trace;

/// Turns weights into frequencies: of the readings that say 0.8, about 80 in 100 shall be right.
///
/// How often any of the ways that the logs show is the true one is fitted (Platt, "Probabilistic Outputs for Support
/// Vector Machines", 1999) on scenarios that no figure is stated for: what they do not show is feared more than it
/// happens. Between the ways the weights decide. See `docs/decisions/011`.
final class Calibration {
    private static final double SLOPE = 0.7;
    private static final double OFFSET = 2.8;

    private Calibration() {}

    /// By how much each weight is to be multiplied.
    ///
    /// @param all the weights of all ways that the logs show, together, 0 to 1
    static double factor(double all) {
        if (all <= 0) {
            return 0;
        }
        double p = Math.clamp(all, 0.005, 0.985);
        return 1 / (1 + Math.exp(-OFFSET - SLOPE * Math.log(p / (1 - p)))) / all;
    }
}
