# One image for everything that runs: the API by default, a worker with `node workers/main.ts`, the migrations with
# `node prisma/migrate.ts`. Configured by environment alone (src/config.ts).

FROM node:24-slim AS packages
WORKDIR /app
# What `npm ci` needs, and no more, so that a change of the source does not install again. Its postinstall step generates
# the Prisma client into src/store/generated.
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma/schema.prisma prisma/
COPY scripts/generate.mjs scripts/
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/src/store/generated src/store/generated
COPY package.json ./
COPY prisma prisma
COPY src src
COPY workers workers
USER node
EXPOSE 3000
CMD ["node", "src/main.ts"]
