import { InputError } from "../errors.ts";
import { allocate } from "./allocation.ts";
import { HOST_ORDER, swapWords } from "./byte-order.ts";
import { compoundOf, type Datatype, FLOAT64, INT32, INT64, REFERENCE, sequenceOf, stringOf } from "./hdf5-datatype.ts";
import {
  type Attribute,
  attributeMessage,
  datasetMessages,
  groupMessages,
  LARGEST_MESSAGE,
  type Message,
  NOWHERE,
  objectHeader,
} from "./hdf5-object.ts";
import { padded, u16, u32, u64, utf8 } from "./little-endian.ts";
import { elementCount } from "./ndarray.ts";

/*
 * netCDF-4 is HDF5 with a custom: the dimensions of a group are datasets, called scales, and every other dataset names
 * its own in an attribute DIMENSION_LIST, one sequence of references for each axis, which lies in a global heap; a scale
 * names its users in turn in REFERENCE_LIST (HDF5 Dimension Scale Specification; netCDF-4 File Format Specification).
 *
 * Nothing here knows of time or chance: HDF5's own library writes when objects were modified.
 */

/** By their names; whole numbers that are to stay such as bigint. */
export type NetcdfAttributes = Readonly<Record<string, string | number | bigint>>;

export interface NetcdfVariable {
  /** Of the same group. A variable of one dimension with its own name is that dimension's coordinate, and makes it. */
  readonly dimensions: readonly string[];
  /** C order. */
  readonly data: Float64Array | BigInt64Array;
  readonly attributes?: NetcdfAttributes;
}

export interface NetcdfGroup {
  readonly attributes?: NetcdfAttributes;
  readonly variables?: Readonly<Record<string, NetcdfVariable>>;
  readonly groups?: Readonly<Record<string, NetcdfGroup>>;
}

interface Dataset {
  readonly name: string;
  readonly variable: NetcdfVariable;
  readonly shape: readonly number[];
  /** Of each axis; none of a scale. */
  readonly scales: readonly Dataset[];
  /** Of a scale: the axes that are along it. */
  readonly users: { readonly dataset: Dataset; readonly axis: number }[];
}

interface Group {
  readonly name: string;
  readonly attributes: NetcdfAttributes;
  readonly members: readonly (Group | Dataset)[];
}

/** Where things are in the file. */
interface Places {
  header(object: Group | Dataset): number;
  data(dataset: Dataset): number;
  readonly heap: number;
  /** The index in the heap of the reference that an axis of a dataset has. */
  reference(dataset: Dataset, axis: number): number;
}

const SUPERBLOCK_BYTES = 96;
const DIMENSION_LIST = sequenceOf(REFERENCE);
const REFERENCE_LIST = compoundOf(16, [
  { name: "dataset", offset: 0, type: REFERENCE },
  { name: "dimension", offset: 8, type: INT32 },
]);
/** What the index in a heap can count; REFERENCE_LIST ends before. */
const MOST_USERS = Math.floor((LARGEST_MESSAGE - 256) / REFERENCE_LIST.size);
/** The library's own least, without which it refuses a heap. */
const LEAST_HEAP_BYTES = 4096;

/**
 * The bytes of a netCDF-4 file, which netCDF-C, h5netcdf, xarray and every reader of HDF5 open; the same groups always
 * give the same bytes.
 *
 * @throws InputError `netcdf/name`, `netcdf/dimensions`, `netcdf/too-large`.
 */
export function writeNetcdf(root: NetcdfGroup): Uint8Array {
  const top = groupOf("", root);
  const objects = objectsOf(top);
  const datasets = objects.filter((object) => "variable" in object);
  const references = datasets.flatMap((dataset) => dataset.scales.map((scale, axis) => ({ dataset, axis, scale })));
  if (references.length > 65_535) throw tooLarge(`${references.length} axes in one file`);
  const indices = new Map(datasets.map((dataset) => [dataset, [] as number[]]));
  for (const [i, { dataset }] of references.entries()) indices.get(dataset)!.push(i + 1);
  const reference = (dataset: Dataset, axis: number) => indices.get(dataset)![axis];

  // Sizes do not depend on addresses, so headers are written once to be measured.
  const unplaced: Places = { header: () => 0, data: () => 0, heap: 0, reference };
  let end = SUPERBLOCK_BYTES;
  const place = <T>(things: readonly T[], sizeOf: (thing: T) => number): Map<T, number> =>
    new Map(
      things.map((thing) => {
        const address = end;
        end += sizeOf(thing);
        return [thing, address];
      }),
    );
  const headers = place(objects, (object) => headerOf(object, unplaced).length);
  const header = (object: Group | Dataset) => headers.get(object)!;
  const heap = end;
  end += heapOf(references.map(() => 0)).length;
  const data = place(datasets, ({ variable }) => variable.data.byteLength);
  const places: Places = { header, data: (dataset) => data.get(dataset)!, heap, reference };

  const bytes = new Uint8Array(allocate(end, "the netCDF file"));
  bytes.set(superblock(header(top), end));
  for (const object of objects) bytes.set(headerOf(object, places), header(object));
  bytes.set(heapOf(references.map(({ scale }) => header(scale))), heap);
  for (const dataset of datasets) setData(bytes, dataset.variable.data, places.data(dataset));
  return bytes;
}

function groupOf(name: string, { attributes = {}, variables = {}, groups = {} }: NetcdfGroup): Group {
  const scales = new Map<string, Dataset>();
  const entries = Object.entries(variables);
  for (const [key, variable] of entries) {
    if (variable.dimensions.length !== 1 || variable.dimensions[0] !== key) continue;
    scales.set(key, { name: key, variable, shape: [variable.data.length], scales: [], users: [] });
  }
  const datasets = entries.map(([key, variable]): Dataset => {
    const scale = scales.get(key);
    if (scale !== undefined) return scale;
    const along = variable.dimensions.map((dimension) => {
      return scales.get(dimension) ?? refuseDimensions(key, `the dimension ${dimension} has no coordinate`);
    });
    const shape = along.map(({ variable: { data } }) => data.length);
    if (elementCount(shape) !== variable.data.length)
      refuseDimensions(key, `${variable.data.length} values cannot have the shape (${shape.join(", ")})`);
    const dataset: Dataset = { name: key, variable, shape, scales: along, users: [] };
    for (const [axis, { users }] of along.entries()) users.push({ dataset, axis });
    return dataset;
  });
  const most = Math.max(0, ...[...scales.values()].map(({ users }) => users.length));
  if (most > MOST_USERS) throw tooLarge(`${most} variables along one dimension`);
  const members = [...datasets, ...Object.entries(groups).map(([key, group]) => groupOf(key, group))];
  for (const member of members) requireName(member.name);
  return { name, attributes, members };
}

function objectsOf(group: Group): (Group | Dataset)[] {
  return [group, ...group.members.flatMap((member) => ("members" in member ? objectsOf(member) : [member]))];
}

function headerOf(object: Group | Dataset, places: Places): number[] {
  return objectHeader("members" in object ? messagesOfGroup(object, places) : messagesOfDataset(object, places));
}

function messagesOfGroup({ attributes, members }: Group, places: Places): Message[] {
  const links = members.map((member) => ({ name: member.name, address: places.header(member) }));
  return [...groupMessages(links), ...Object.entries(attributes).map(messageOf)];
}

function messagesOfDataset(dataset: Dataset, places: Places): Message[] {
  const { name, variable, shape, scales, users } = dataset;
  const { data, attributes = {} } = variable;
  const type = data instanceof Float64Array ? FLOAT64 : INT64;
  const messages = datasetMessages(type, shape, places.data(dataset), data.byteLength);
  const isScale = variable.dimensions[0] === name;
  if (isScale) messages.push(messageOf(["CLASS", "DIMENSION_SCALE"]), messageOf(["NAME", name]));
  if (users.length > 0) {
    const listed = users.flatMap(({ dataset, axis }) => [...u64(places.header(dataset)), ...u32(axis), ...u32(0)]);
    messages.push(listMessage("REFERENCE_LIST", REFERENCE_LIST, users.length, listed));
  }
  if (scales.length > 0) {
    const one = (axis: number) => [...u32(1), ...u64(places.heap), ...u32(places.reference(dataset, axis))];
    const listed = scales.flatMap((_, axis) => one(axis));
    messages.push(listMessage("DIMENSION_LIST", DIMENSION_LIST, scales.length, listed));
  }
  return [...messages, ...Object.entries(attributes).map(messageOf)];
}

function listMessage(name: string, type: Datatype, length: number, data: readonly number[]): Message {
  return attributeMessage({ name, type, shape: [length], data });
}

function messageOf([name, value]: readonly [string, string | number | bigint]): Message {
  requireName(name);
  const message = attributeMessage({ name, shape: [], ...encoded(value) });
  if (message.data.length > LARGEST_MESSAGE) throw tooLarge(`${message.data.length} bytes in the attribute ${name}`);
  return message;
}

function encoded(value: string | number | bigint): Pick<Attribute, "type" | "data"> {
  if (typeof value === "string") {
    const data = [...utf8(value), 0];
    return { type: stringOf(data.length), data };
  }
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "number") view.setFloat64(0, value, true);
  else view.setBigInt64(0, value, true);
  return { type: typeof value === "number" ? FLOAT64 : INT64, data: Array.from(new Uint8Array(view.buffer)) };
}

/** Version 0: sizes of addresses and lengths, the least numbers of its trees (there are none), and the root's header. */
function superblock(root: number, end: number): number[] {
  const signature = [0x89, ...utf8("HDF\r\n"), 0x1a, 0x0a];
  const [versions, sizes, leaf, branch, flags, base] = [[0, 0, 0, 0, 0], [8, 8, 0], u16(4), u16(16), u32(0), u64(0)];
  const entry = [...u64(0), ...u64(root), ...Array<number>(24).fill(0)];
  const start = [...signature, ...versions, ...sizes, ...leaf, ...branch, ...flags, ...base];
  return [...start, ...NOWHERE, ...u64(end), ...NOWHERE, ...entry];
}

/** One reference an object, from index 1; the rest is the object of index 0. */
function heapOf(addresses: readonly number[]): number[] {
  const objects = addresses.flatMap((address, i) => [...u16(i + 1), ...u16(1), ...u32(0), ...u64(8), ...u64(address)]);
  const size = Math.max(LEAST_HEAP_BYTES, 16 + objects.length + 16);
  const head = [...utf8("GCOL"), 1, 0, 0, 0, ...u64(size)];
  const free = [...u64(0), ...u64(size - head.length - objects.length)];
  return padded([...head, ...objects, ...free], size);
}

function setData(bytes: Uint8Array, data: Float64Array | BigInt64Array, address: number): void {
  const place = bytes.subarray(address, address + data.byteLength);
  place.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (HOST_ORDER !== "little") swapWords(place, 8);
}

/** What netCDF allows: no slash, which makes paths. */
function requireName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (/^[^\x00-\x1f/]{1,255}$/.test(name)) return;
  throw new InputError("netcdf/name", `"${name.slice(0, 40)}" is no name in netCDF`, "use 1 to 255 characters, no /");
}

function refuseDimensions(name: string, what: string): never {
  throw new InputError("netcdf/dimensions", `${name}: ${what}`, "give a coordinate of that length");
}

function tooLarge(what: string): InputError {
  return new InputError("netcdf/too-large", what, "write less into one file");
}
