"""Above the four services: the command line, the whole platform on one machine, the sample data.

Services share few cores with a database and a broker: threads of a matrix product that wait for one another there
spin, and cost more than they bring. An operator who has cores to give sets the variable.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read once, when numpy is first imported
