import fc from "fast-check";

// The same random cases in every run, so that a failure is one of the change at hand; another seed looks further.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
