import { WORKGROUP } from "../compiler/emit-wgsl.ts";
import { LARGEST } from "../compiler/wgsl-math.ts";
import { InputError } from "../errors.ts";

/** Points in the memory of a device, for kernels of as many inputs to run over. */
export interface GpuPoints {
  readonly points: number;
  /** Consecutive points that `groupMean` averages. */
  readonly groupSize: number;
  readonly groups: number;
  readonly workgroups: number;
  /** How many inputs there are. */
  readonly inputs: number;
  readonly buffer: GPUBuffer;
  /** Gives the memory back. */
  free(): void;
}

// As the specification numbers them: a platform with an adapter to pass in need not have the names.
const COMPUTE_STAGE = 0x4;
const MAP_READ = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const UNIFORM = 0x40;
const STORAGE = 0x80;

const USAGES = {
  extent: UNIFORM | COPY_DST,
  frontier: STORAGE | COPY_DST,
  outputs: STORAGE | COPY_SRC,
  reading: MAP_READ | COPY_DST,
} as const;

type Usage = keyof typeof USAGES;

/** Workgroups are laid in rows, since a dimension has 65535 at most; so short that tests reach a second row. */
const ROW = 1024;

/**
 * Owns a device: its pipelines, by their shaders, and its buffers, which are used again. Any number of runs may be under
 * way at a time.
 */
export class WebGpu {
  /** What computes, such as `nvidia ampere` or `google swiftshader`: to be stated with results. */
  readonly adapter: string;
  readonly #device: GPUDevice;
  readonly #bindings: GPUBindGroupLayout;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #idle = new Map<string, GPUBuffer[]>();

  private constructor(device: GPUDevice, adapter: string) {
    this.#device = device;
    this.adapter = adapter;
    const storage = { type: "read-only-storage" } as const;
    const kinds: GPUBufferBindingLayout[] = [{ type: "uniform" }, storage, storage, { type: "storage" }];
    this.#bindings = device.createBindGroupLayout({
      entries: kinds.map((buffer, binding) => ({ binding, buffer, visibility: COMPUTE_STAGE })),
    });
  }

  /**
   * A device of this adapter, or of the one that the platform prefers.
   * @throws InputError where there is none.
   */
  static async request(adapter?: GPUAdapter): Promise<WebGpu> {
    const found = adapter ?? (await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" }));
    if (found === undefined || found === null)
      throw new InputError("gpu/none", "there is no WebGPU here", "use a CPU voice, or a browser with WebGPU enabled");
    const { maxBufferSize, maxStorageBufferBindingSize } = found.limits;
    const device = await found.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
    const { architecture, description, vendor } = found.info;
    return new WebGpu(
      device,
      [vendor, architecture || description].filter((name) => name !== "").join(" ") || "unnamed",
    );
  }

  /**
   * Copies inputs to the device, rounded to f32: one array for each, one value a point.
   * @throws RangeError where the device does not let a buffer be as large.
   */
  async load(inputs: readonly Float64Array[], groupSize: number): Promise<GpuPoints> {
    const points = inputs[0].length;
    const groups = points / groupSize;
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    const size = 4 * points * inputs.length;
    if (size > Math.min(maxBufferSize, maxStorageBufferBindingSize))
      throw new RangeError(`${points} points do not fit into a buffer of this device (${this.adapter})`);
    const buffer = await this.#checked(() => {
      const made = this.#device.createBuffer({ size, usage: STORAGE | COPY_DST });
      inputs.forEach((input, slot) => {
        this.#device.queue.writeBuffer(made, 4 * points * slot, toFloat32(input));
      });
      return made;
    });
    const workgroups = Math.ceil(groups / WORKGROUP);
    return { points, groupSize, groups, workgroups, inputs: inputs.length, buffer, free: () => buffer.destroy() };
  }

  /**
   * The pipeline of a shader with the bindings of `emit-wgsl.ts`, compiled once.
   * @throws Error with the compiler's messages where it refuses the shader.
   */
  pipeline(code: string): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(code) ?? this.#compile(code);
    this.#pipelines.set(code, known);
    return known;
  }

  async #compile(code: string): Promise<GPUComputePipeline> {
    const module = this.#device.createShaderModule({ code });
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter(({ type }) => type === "error");
    if (errors.length > 0)
      throw new Error(`WGSL: ${errors.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join("; ")}`);
    const layout = this.#device.createPipelineLayout({ bindGroupLayouts: [this.#bindings] });
    return this.#device.createComputePipelineAsync({ layout, compute: { module, entryPoint: "main" } });
  }

  /** Runs a pipeline over all points; returns what it wrote, `length` values. */
  async run(
    pipeline: GPUComputePipeline,
    given: GpuPoints,
    frontier: Float64Array,
    length: number,
  ): Promise<Float32Array> {
    const { points, groups, groupSize, workgroups } = given;
    const bytes = 4 * length;
    const buffers = await this.#checked(() => ({
      extent: this.#take("extent", 16),
      frontier: this.#take("frontier", Math.max(4, 4 * frontier.length)),
      outputs: this.#take("outputs", bytes),
      reading: this.#take("reading", bytes),
    }));
    await this.#checked(() => {
      const { queue } = this.#device;
      queue.writeBuffer(buffers.extent, 0, Uint32Array.of(points, groups, groupSize, workgroups));
      queue.writeBuffer(buffers.frontier, 0, toFloat32(frontier));
      const bound = [buffers.extent, buffers.frontier, given.buffer, buffers.outputs];
      const encoder = this.#device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
      pass.setBindGroup(0, this.#device.createBindGroup({ layout: this.#bindings, entries }));
      pass.dispatchWorkgroups(Math.min(workgroups, ROW), Math.ceil(workgroups / ROW));
      pass.end();
      encoder.copyBufferToBuffer(buffers.outputs, 0, buffers.reading, 0, bytes);
      queue.submit([encoder.finish()]);
    });
    await buffers.reading.mapAsync(MAP_READ);
    const written = new Float32Array(buffers.reading.getMappedRange()).slice();
    buffers.reading.unmap();
    for (const [usage, buffer] of Object.entries(buffers)) this.#giveBack(usage as Usage, buffer);
    return written;
  }

  /** Gives the device up; what is still under way fails. */
  close(): void {
    this.#device.destroy();
  }

  /** WebGPU goes on after an error with results of zeros: here it throws. */
  async #checked<Result>(issue: () => Result): Promise<Result> {
    const kinds = ["validation", "out-of-memory", "internal"] as const;
    for (const kind of kinds) this.#device.pushErrorScope(kind);
    const result = issue();
    for (const error of await Promise.all(kinds.map(() => this.#device.popErrorScope())))
      if (error !== null) throw new Error(`WebGPU (${this.adapter}): ${error.message}`);
    return result;
  }

  #take(usage: Usage, size: number): GPUBuffer {
    return this.#idle.get(`${usage} ${size}`)?.pop() ?? this.#device.createBuffer({ size, usage: USAGES[usage] });
  }

  #giveBack(usage: Usage, buffer: GPUBuffer): void {
    const key = `${usage} ${buffer.size}`;
    const idle = this.#idle.get(key) ?? [];
    idle.push(buffer);
    this.#idle.set(key, idle);
  }
}

/** Rounded; what is finite stays so. */
function toFloat32(values: Float64Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => Math.min(LARGEST, Math.max(-LARGEST, value)));
}
