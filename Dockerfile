FROM node:24.21.0-trixie-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma ./prisma
RUN npm ci --omit=dev
COPY . .
USER node
CMD ["node", "workers/main.ts"]
