import { chooseWasmBuild, type WasmBuild } from "../backend/wasm.ts";
import type { Model } from "../model/model.ts";
import { vectorsOf } from "./batch.ts";
import type { Dataset } from "./dataset.ts";
import type { EvaluateOptions, Evaluation, Likelihood } from "./evaluation.ts";
import { type PlanOptions, plan } from "./plan.ts";

/*
 * A batch over threads: each plans the same likelihood and evaluates whole vectors, its kernels on that thread alone. An
 * evaluation depends on its vector and nothing else, so that a batch has the same bytes on any number of threads.
 */

/** What a thread plans its likelihood from: plain data. */
export interface LikelihoodStart {
  readonly datasets: readonly Dataset[];
  readonly model: Model;
  readonly options: PlanOptions;
  /** That of the caller: another has other last bits. */
  readonly build: WasmBuild;
}

export interface EvaluationRequest {
  /** (evaluations, free parameters) */
  readonly batch: Float64Array;
  readonly options: EvaluateOptions;
}

/** Evaluations, or what was thrown. */
export type EvaluationReply = { readonly evaluations: Evaluation[] } | { readonly error: string };

/** What a thread does with its requests. */
export function evaluationServer(start: LikelihoodStart): (request: EvaluationRequest) => Promise<EvaluationReply> {
  chooseWasmBuild(start.build);
  const likelihood = plan(start.datasets, start.model, start.options);
  return async ({ batch, options }) => {
    try {
      return { evaluations: await likelihood.evaluate(batch, options) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** Another thread that has the likelihood. */
export interface EvaluationThread {
  ask(request: EvaluationRequest): Promise<EvaluationReply>;
}

/** The likelihood with its batches shared with other threads, of which vectors take turns. */
export function overThreads(likelihood: Likelihood, model: Model, others: readonly EvaluationThread[]): Likelihood {
  const threads = others.length + 1;
  return {
    picks: likelihood.picks,
    async evaluate(batch, options = {}) {
      const vectors = vectorsOf(model, batch);
      if (vectors.length < 2 || threads === 1) return likelihood.evaluate(batch, options);
      const shareOf = (thread: number) => {
        const share = vectors.filter((_, i) => i % threads === thread);
        return Float64Array.from(share.flatMap((vector) => Array.from(vector)));
      };
      const elsewhere = others.map(async (other, t) => {
        const share = shareOf(t + 1);
        const reply = share.length === 0 ? { evaluations: [] } : await other.ask({ batch: share, options });
        if ("error" in reply) throw new Error(reply.error);
        return reply.evaluations;
      });
      // While they work.
      const here = likelihood.evaluate(shareOf(0), options);
      const all = await Promise.all([here, ...elsewhere]);
      return vectors.map((_, i) => all[i % threads][Math.floor(i / threads)]);
    },
  };
}
