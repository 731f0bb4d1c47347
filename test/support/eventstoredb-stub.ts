/**
 * A server that speaks EventStoreDB's protocol, by the definitions of its own client: Read, Append, Tombstone and GetSupportedMethods,
 * with faults to order. What it decides is in eventstoredb-streams.ts; it keeps nothing on disk.
 */
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerReadableStream, ServerUnaryCall } from '@grpc/grpc-js';
import type { ServerWritableStream, ServiceError } from '@grpc/grpc-js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import { StubStreams } from './eventstoredb-streams.ts';
import type { Decision, Expected, StubEvent } from './eventstoredb-streams.ts';

type AppendReq = pb.AppendReq;
type AppendResp = pb.AppendResp;
type ReadReq = pb.ReadReq;
type ReadResp = pb.ReadResp;

/** A call that the stand-in got. */
export interface StubCall {
  readonly method: 'append' | 'read';
  readonly stream: string;
}

/**
 * What to do with a call instead of answering it: refuse it before any effect, lose the answer after the effect, leave it
 * hanging after the effect, deny it, or call the append too large.
 */
export type StubFault = 'unavailable' | 'lost' | 'silent' | 'denied' | 'too-large' | undefined;

/** A running stand-in. */
export interface EventStoreStub {
  readonly url: string;
  readonly streams: StubStreams;
  /** Every call, in order. */
  readonly calls: StubCall[];
  /** Asked before each call; `before` an effect it may also write to the streams itself, as another writer would. */
  fault: (call: StubCall) => StubFault;
  /** Ends the server and its connections; the streams stay. */
  stop(): void;
  /** Starts again on the same port. */
  start(): Promise<void>;
}

/** Starts a stand-in on a free port of this machine. */
export async function startEventStoreStub(): Promise<EventStoreStub> {
  const streams = new StubStreams();
  let server = new Server();
  let port = 0;
  const stub: EventStoreStub = {
    get url() {
      return `esdb://127.0.0.1:${port}?tls=false`;
    },
    streams,
    calls: [],
    fault: () => undefined,
    stop() {
      server.forceShutdown();
    },
    async start() {
      server = new Server();
      server.addService(StreamsService, {
        append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => {
          append(stub, call, answer);
        },
        read: (call: ServerWritableStream<ReadReq, ReadResp>) => {
          read(stub, call);
        },
        tombstone: (
          call: ServerUnaryCall<pb.TombstoneReq, pb.TombstoneResp>,
          answer: sendUnaryData<pb.TombstoneResp>,
        ) => {
          const stream = call.request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8();
          streams.tombstone(text(stream));
          const response = new pb.TombstoneResp();
          response.setNoPosition(new shared.Empty());
          answer(null, response);
        },
      });
      server.addService(ServerFeaturesService, {
        getSupportedMethods: (_: unknown, answer: sendUnaryData<unknown>) => {
          answer(null, supported());
        },
      });
      port = await new Promise<number>((resolve, reject) => {
        server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
          if (error === null) resolve(bound);
          else reject(error);
        });
      });
    },
  };
  await stub.start();
  return stub;
}

function append(
  stub: EventStoreStub,
  call: ServerReadableStream<AppendReq, AppendResp>,
  answer: sendUnaryData<AppendResp>,
): void {
  let name = '';
  let expected: Expected = 'any';
  const events: StubEvent[] = [];
  call.on('data', (request: AppendReq) => {
    const options = request.getOptions();
    if (options !== undefined) {
      name = text(options.getStreamIdentifier()?.getStreamName_asU8());
      expected = expectedOf(options);
    }
    const message = request.getProposedMessage();
    if (message !== undefined) {
      events.push({
        id: message.getId()!.getString(),
        type: message.getMetadataMap().get('type')!,
        contentType: message.getMetadataMap().get('content-type')!,
        data: message.getData_asU8(),
        metadata: message.getCustomMetadata_asU8(),
      });
    }
  });
  call.on('error', () => undefined);
  call.on('end', () => {
    const one: StubCall = { method: 'append', stream: name };
    stub.calls.push(one);
    const fault = stub.fault(one);
    if (fault === 'unavailable' || fault === 'denied' || fault === 'too-large') {
      answer(failure(fault, name));
      return;
    }
    const decision = stub.streams.append(name, events, expected);
    if (fault === 'silent') return;
    if (fault === 'lost') answer(failure('unavailable', name));
    else if (decision.kind === 'deleted') answer(failure('stream-deleted', name));
    else answer(null, answerOf(decision, expected));
  });
}

function expectedOf(options: pb.AppendReq.Options): Expected {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasAny() ? 'any' : BigInt(options.getRevision());
}

function answerOf(decision: Exclude<Decision, { kind: 'deleted' }>, expected: Expected): AppendResp {
  const response = new pb.AppendResp();
  if (decision.kind === 'wrong-version') {
    const wrong = new pb.AppendResp.WrongExpectedVersion();
    if (decision.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(decision.current.toString());
    if (typeof expected === 'bigint') wrong.setExpectedRevision(expected.toString());
    else wrong.setExpectedNoStream(new shared.Empty());
    response.setWrongExpectedVersion(wrong);
    return response;
  }
  const success = new pb.AppendResp.Success();
  success.setCurrentRevision(decision.revision.toString());
  success.setNoPosition(new shared.Empty());
  response.setSuccess(success);
  return response;
}

function read(stub: EventStoreStub, call: ServerWritableStream<ReadReq, ReadResp>): void {
  const options = call.request.getOptions()!;
  const stream = options.getStream()!;
  const name = text(stream.getStreamIdentifier()?.getStreamName_asU8());
  const one: StubCall = { method: 'read', stream: name };
  stub.calls.push(one);
  const fault = stub.fault(one);
  if (fault === 'silent') return;
  if (fault !== undefined) {
    call.emit('error', failure(fault === 'lost' ? 'unavailable' : fault, name));
    return;
  }
  if (stub.streams.isTombstoned(name)) {
    call.emit('error', failure('stream-deleted', name));
    return;
  }
  if (stub.streams.all(name).length === 0) {
    call.write(notFound(name));
    call.end();
    return;
  }
  const backwards = options.getReadDirection() === 1;
  const events = stub.streams.visible(name);
  if (backwards) events.reverse();
  const from = stream.hasRevision() ? BigInt(stream.getRevision()) : undefined;
  const wanted = events
    .filter(({ revision }) => from === undefined || (backwards ? revision <= from : revision >= from))
    .slice(0, Number(options.getCount()));
  for (const event of wanted) call.write(readResponse(name, event));
  call.end();
}

function readResponse(name: string, event: StubEvent & { readonly revision: bigint }): ReadResp {
  const recorded = new pb.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifier(name));
  recorded.setStreamRevision(event.revision.toString());
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', '638000000000000000');
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const found = new pb.ReadResp.ReadEvent();
  found.setEvent(recorded);
  found.setNoPosition(new shared.Empty());
  const response = new pb.ReadResp();
  response.setEvent(found);
  return response;
}

function notFound(name: string): ReadResp {
  const absent = new pb.ReadResp.StreamNotFound();
  absent.setStreamIdentifier(identifier(name));
  const response = new pb.ReadResp();
  response.setStreamNotFound(absent);
  return response;
}

/** It says that it can batch, as servers do; a client that tries finds nothing. */
function supported(): features.SupportedMethods {
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion('24.10.0');
  for (const name of ['append', 'batchappend', 'read']) {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams');
    method.setMethodName(name);
    methods.addMethods(method);
  }
  return methods;
}

function failure(
  kind: 'unavailable' | 'denied' | 'too-large' | 'stream-deleted',
  stream: string,
): Partial<ServiceError> {
  const metadata = new Metadata();
  if (kind === 'unavailable') return { code: status.UNAVAILABLE, details: 'on order', metadata };
  metadata.set('stream-name', stream);
  metadata.set(
    'exception',
    kind === 'denied' ? 'access-denied' : kind === 'too-large' ? 'maximum-append-size-exceeded' : kind,
  );
  metadata.set('maximum-append-size', '1048576');
  const code =
    kind === 'denied'
      ? status.PERMISSION_DENIED
      : kind === 'too-large'
        ? status.INVALID_ARGUMENT
        : status.FAILED_PRECONDITION;
  return { code, details: kind, metadata };
}

function identifier(name: string): shared.StreamIdentifier {
  const one = new shared.StreamIdentifier();
  one.setStreamName(Buffer.from(name, 'utf8'));
  return one;
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
